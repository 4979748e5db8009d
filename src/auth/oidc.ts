import type { JWTPayload } from 'jose';
import type { Role } from './caller.ts';

export interface OidcSettings {
  /** The issuer, exactly as its tokens name it; its JWKS is found by discovery. */
  issuer: string;
  audience: string;
  /** Names the claim that holds READER or ADMIN. @default 'twilio_gateway_role' */
  roleClaim: string;
  /** Names the claim that holds the nicknames of the credentials. @default 'twilio_gateway_credentials' */
  credentialsClaim: string;
}

/** What a verified token says. */
export interface TokenClaims {
  readonly subject: string;
  readonly role: Role;
  readonly nicknames: ReadonlySet<string>;
}

/** Verifies a JWT: signature, issuer, audience and lifetime. @throws when any of them is not right */
export type VerifyJwt = (token: string) => Promise<TokenClaims>;

export function createJwtVerifier(settings: OidcSettings, timeoutMs = 5_000): VerifyJwt {
  let keys: Promise<Parameters<typeof import('jose').jwtVerify>[1]> | undefined;

  async function findKeys() {
    const { createRemoteJWKSet } = await import('jose');
    const url = `${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
    if (!response.ok) throw new Error(`The OIDC issuer's discovery answered HTTP ${response.status}`);
    const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    // A document that speaks for another issuer must not choose the keys for this one.
    if (document.issuer !== settings.issuer) throw new Error('The OIDC discovery names another issuer');
    return createRemoteJWKSet(new URL(String(document.jwks_uri)), { timeoutDuration: timeoutMs });
  }

  return async (token) => {
    const { jwtVerify } = await import('jose');
    keys ??= findKeys();
    keys.catch(() => {
      keys = undefined;
    });
    const { payload } = await jwtVerify(token, (await keys) as Parameters<typeof jwtVerify>[1], {
      issuer: settings.issuer,
      audience: settings.audience,
      requiredClaims: ['sub', 'exp'],
      // Asymmetric only: with a shared secret whoever checks a token could make one.
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
    });
    return readClaims(payload, settings);
  };
}

function readClaims(payload: JWTPayload, settings: OidcSettings): TokenClaims {
  const names = payload[settings.credentialsClaim];
  return {
    subject: String(payload.sub),
    // Anything but the word itself is the lesser role.
    role: payload[settings.roleClaim] === 'ADMIN' ? 'ADMIN' : 'READER',
    nicknames: new Set((Array.isArray(names) ? names : [names]).filter((name) => typeof name === 'string')),
  };
}
