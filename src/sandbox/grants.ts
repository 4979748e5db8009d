import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessTokens } from './access-tokens.ts';
import { APP_TRN, readToken, signToken } from './jwt.ts';
import type { Seed } from './random.ts';
import type { SandboxSwitches } from './switches.ts';

/** An authorization code lives five minutes. https://www.twilio.com/docs/iam/oauth-apps */
const CODE_SECONDS = 300;

/** What a person allowed, and for whom. */
export interface Consent {
  clientId: string;
  redirectUri: string;
  /** The S256 challenge of PKCE. */
  challenge: string | null;
  /** Whether offline_access was asked for, which gives a refresh token. */
  offline: boolean;
}

/** What a client shows together with a code. */
export interface CodeUse {
  clientId: string;
  redirectUri: string;
  verifier: string | null;
}

/** All that came out of one code. */
export interface Grant {
  readonly id: string;
  readonly clientId: string;
  revoked: boolean;
  /** Numbers of its access tokens. */
  readonly accessTokens: number[];
  /** When its refresh tokens were rotated, in seconds since 1970, by their jti. */
  readonly rotated: Map<string, number>;
}

export interface Redeemed {
  grant: Grant;
  refreshToken: string | null;
}

/** The codes and refresh tokens of the authorization code grant. Times are in seconds since 1970. */
export interface Grants {
  /** A new code, single use. */
  issueCode(consent: Consent, now: number): string;
  /** Uses a code up; null when it is not good. One that comes again ends all that came out of it. */
  redeemCode(code: string, use: CodeUse, now: number): Redeemed | null;
  /** Uses a refresh token; null when it is not good. */
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
  /** Clients whose refresh tokens of an earlier run are good no more. */
  const revokedClients = new Set<string>();
  let serial = 0;

  // With the time in it, since a sandbox started anew counts from 1 again.
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
        // Whoever comes second may be the one the code was meant for, so the first one loses too.
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
      // A gateway with its sandbox inside keeps its refresh tokens over a restart; the sandbox forgets
      // them, and takes those it has signed as if they had never been used.
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

/** Whether a PKCE verifier meets its challenge. One without the other is a downgrade, so never good. */
function verifies(verifier: string | null, challenge: string | null): boolean {
  if (verifier === null || challenge === null) return verifier === challenge;
  const [given, wanted] = [createHash('sha256').update(verifier).digest('base64url'), challenge];
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
