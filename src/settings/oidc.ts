import type { OidcSettings } from '../auth/oidc.ts';

/** Reads OIDC_ISSUER and what goes with it. */
export function readOidcSettings(
  read: (name: string) => string | undefined,
  url: (name: string, fallback: string) => URL,
  problems: string[],
): OidcSettings | undefined {
  const issuer = read('OIDC_ISSUER');
  const audience = read('OIDC_AUDIENCE');
  const roleClaim = read('OIDC_ROLE_CLAIM') ?? 'twilio_gateway_role';
  const credentialsClaim = read('OIDC_CREDENTIALS_CLAIM') ?? 'twilio_gateway_credentials';
  if (!issuer && !audience) return undefined;
  if (!issuer || !audience) problems.push('OIDC_ISSUER and OIDC_AUDIENCE must be set together.');
  if (issuer) url('OIDC_ISSUER', 'https://issuer.invalid');
  return { issuer: issuer ?? '', audience: audience ?? '', roleClaim, credentialsClaim };
}
