import type { JWTPayload } from 'jose';
import type { Logger } from '../log.ts';
import { type FieldPolicy, readFieldPolicy } from '../policy/field-policy.ts';
import type { Role } from './caller.ts';
import { createIssuerKeys } from './issuer-keys.ts';

export interface OidcSettings {
  /** The issuer, exactly as in its tokens; its JWKS is found by discovery. */
  issuer: string;
  audience: string;
  /** Names the claim that holds READER or ADMIN. @default 'twilio_gateway_role' */
  roleClaim: string;
  /** Names the claim that holds the nicknames of the credentials. @default 'twilio_gateway_credentials' */
  credentialsClaim: string;
  /** Names the claim that holds the field policy. @default 'twilio_gateway_field_policy' */
  fieldPolicyClaim?: string;
}

/** The claims of a verified token that the gateway uses. */
export interface TokenClaims {
  readonly subject: string;
  readonly role: Role;
  readonly nicknames: ReadonlySet<string>;
  readonly fieldPolicy: FieldPolicy;
}

/**
 * Verifies a JWT: signature, issuer, audience and lifetime.
 *
 * @throws {IssuerUnavailableError} when the token cannot be verified now; another error when it is invalid
 */
export type VerifyJwt = (token: string) => Promise<TokenClaims>;

export interface JwtVerifierOptions {
  log: Pick<Logger, 'info' | 'warn'>;
  /** @default Date.now */
  now?: (() => number) | undefined;
  /** Timeout of one request to the issuer. @default 5 seconds */
  timeoutMs?: number;
  /** Called after the issuer's keys were fetched. */
  onKeysFetched?: (() => void) | undefined;
}

/** Asymmetric only: with a shared secret, every party that verifies tokens could also forge them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export function createJwtVerifier(
  settings: OidcSettings,
  { log, now = () => Date.now(), timeoutMs = 5_000, onKeysFetched }: JwtVerifierOptions,
): VerifyJwt {
  const { issuer, audience } = settings;
  const findKey = createIssuerKeys({ issuer, log, now, timeoutMs, onFetched: onKeysFetched });

  return async (token) => {
    const { decodeJwt, decodeProtectedHeader, jwtVerify } = await import('jose');
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Error('not a signed JWT');
    const { alg = '' } = decodeProtectedHeader(token);
    if (!ALGORITHMS.includes(alg)) throw new Error('not signed with an accepted algorithm');
    rejectByClaims(decodeJwt(token), settings, now());
    const { payload } = await jwtVerify(token, findKey, {
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      algorithms: ALGORITHMS,
      currentDate: new Date(now()),
    });
    return readClaims(payload, settings);
  };
}

/**
 * Rejects a token by its unverified claims, so that an invalid token never causes a request to the issuer. The
 * signature and these claims are verified afterwards.
 */
function rejectByClaims(
  { iss, aud, exp, nbf, sub }: JWTPayload,
  { issuer, audience }: OidcSettings,
  at: number,
): void {
  if (iss !== issuer) throw new Error('of another issuer');
  if (![aud].flat().includes(audience)) throw new Error('for another audience');
  if (sub === undefined) throw new Error('without a subject');
  if (typeof exp !== 'number' || exp * 1_000 <= at) throw new Error('expired');
  if (nbf !== undefined && !(nbf * 1_000 <= at)) throw new Error('not valid yet');
}

/** Reads the claims of a token that was verified. */
export function readClaims(
  payload: Readonly<Record<string, unknown>>,
  settings: Pick<OidcSettings, 'roleClaim' | 'credentialsClaim' | 'fieldPolicyClaim'>,
): TokenClaims {
  const names = payload[settings.credentialsClaim];
  return {
    subject: String(payload.sub),
    // Any other value means the role with fewer rights.
    role: payload[settings.roleClaim] === 'ADMIN' ? 'ADMIN' : 'READER',
    nicknames: new Set((Array.isArray(names) ? names : [names]).filter((name) => typeof name === 'string')),
    fieldPolicy: readFieldPolicy(payload[settings.fieldPolicyClaim ?? 'twilio_gateway_field_policy']),
  };
}
