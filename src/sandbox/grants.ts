import { createHash, timingSafeEqual } from 'node:crypto';
import { type AccessTokens, APP_TRN, readToken, signToken } from './access-tokens.ts';
import type { Seed } from './random.ts';
import type { SandboxSwitches } from './switches.ts';

/** Lifetime of an authorization code. https://www.twilio.com/docs/iam/oauth-apps */
const CODE_SECONDS = 300;

/** A person's consent to an app. */
export interface Consent {
  clientId: string;
  redirectUri: string;
  /** The S256 challenge of PKCE. */
  challenge: string | null;
  /** Whether the scope has offline_access, which issues a refresh token. */
  offline: boolean;
}

/** The parameters a client sends with a code. */
export interface CodeUse {
  clientId: string;
  redirectUri: string;
  verifier: string | null;
}

/** The tokens issued from one code. */
export interface Grant {
  readonly id: string;
  readonly clientId: string;
  revoked: boolean;
  /** Numbers of its access tokens. */
  readonly accessTokens: number[];
  /** Times its refresh tokens were rotated, in seconds since 1970, by jti. */
  readonly rotated: Map<string, number>;
}

export interface Redeemed {
  grant: Grant;
  refreshToken: string | null;
}

/** The codes and refresh tokens of the authorization code grant. Times are in seconds since 1970. */
export interface Grants {
  /** Issues a single-use code. */
  issueCode(consent: Consent, now: number): string;
  /** Redeems a code; null when it is not valid. Reuse of a code revokes its grant. */
  redeemCode(code: string, use: CodeUse, now: number): Redeemed | null;
  /** Uses a refresh token; null when it is not valid. */
  refresh(token: string, clientId: string, now: number): Redeemed | null;
  revokeRefreshTokens(clientIds: readonly string[]): void;
}

interface RefreshClaims {
  sub: string;
  iat: number;
  jti: string;
  grant: string;
}

export function createGrants(seed: Seed, tokens: AccessTokens, switches: SandboxSwitches): Grants {
  const codeKey = seed.bytes('code-key');
  const refreshKey = seed.bytes('refresh-key');
  const codes = new Map<string, { consent: Consent; id: string; expires: number; grant?: Grant }>();
  const grants = new Map<string, Grant>();
  /** Clients whose refresh tokens from earlier runs are revoked. */
  const revokedClients = new Set<string>();
  let serial = 0;

  // Includes the time, because the serial starts again at 1 when the sandbox restarts.
  const nextId = (now: number) => `${now}-${++serial}`;

  function open(id: string, clientId: string): Grant {
    const grant = { id, clientId, revoked: false, accessTokens: [], rotated: new Map() };
    grants.set(id, grant);
    return grant;
  }

  function revoke(grant: Grant): void {
    grant.revoked = true;
    tokens.revoke(grant.accessTokens);
  }

  function refreshToken({ id, clientId }: Grant, now: number): string {
    const claims: RefreshClaims = { sub: APP_TRN + clientId, iat: now, jti: nextId(now), grant: id };
    return signToken(claims, refreshKey);
  }

  return {
    issueCode(consent, now) {
      const id = nextId(now);
      const expires = now + CODE_SECONDS;
      const code = signToken({ sub: APP_TRN + consent.clientId, iat: now, exp: expires, jti: id }, codeKey);
      codes.set(code, { consent, id, expires });
      return code;
    },
    redeemCode(code, { clientId, redirectUri, verifier }, now) {
      const known = codes.get(code);
      if (known?.consent.clientId !== clientId) return null;
      if (known.grant) {
        // The first use may have been by an attacker, so its tokens are revoked too.
        // https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
        revoke(known.grant);
        return null;
      }
      const { challenge, offline } = known.consent;
      if (now >= known.expires || known.consent.redirectUri !== redirectUri) return null;
      if (!verifies(verifier, challenge)) return null;
      known.grant = open(known.id, clientId);
      return { grant: known.grant, refreshToken: offline ? refreshToken(known.grant, now) : null };
    },
    refresh(token, clientId, now) {
      const claims = readToken<RefreshClaims>(token, refreshKey);
      if (claims?.sub !== APP_TRN + clientId) return null;
      // A gateway that embeds the sandbox keeps its refresh tokens over a restart, but the sandbox forgets
      // them. It accepts tokens that it has signed as if they were unused.
      const earlier = () => (revokedClients.has(clientId) ? undefined : open(claims.grant, clientId));
      const grant = grants.get(claims.grant) ?? earlier();
      if (!grant || grant.revoked) return null;
      const rotatedAt = grant.rotated.get(claims.jti);
      if (rotatedAt !== undefined && now >= rotatedAt + switches.refreshGraceSeconds) {
        if (switches.refreshReuse === 'revoke') revoke(grant);
        return null;
      }
      if (!switches.rotateRefreshTokens) return { grant, refreshToken: token };
      grant.rotated.set(claims.jti, rotatedAt ?? now);
      return { grant, refreshToken: refreshToken(grant, now) };
    },
    revokeRefreshTokens(clientIds) {
      for (const clientId of clientIds) revokedClients.add(clientId);
      for (const grant of grants.values()) if (clientIds.includes(grant.clientId)) grant.revoked = true;
    },
  };
}

/** Checks a PKCE verifier against its challenge. One without the other is a downgrade attack and fails. */
function verifies(verifier: string | null, challenge: string | null): boolean {
  if (verifier === null || challenge === null) return verifier === challenge;
  const [given, wanted] = [createHash('sha256').update(verifier).digest('base64url'), challenge];
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
