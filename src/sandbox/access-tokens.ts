import { unauthorized } from './errors.ts';
import { ACCOUNT_TRN, APP_TRN, readToken, signToken } from './jwt.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { Seed } from './random.ts';
import type { SandboxOAuthApp } from './types.ts';

export interface AccessTokens {
  /** A new token, good until `now + ttl`, and its number. Seconds since 1970. */
  issue(app: SandboxOAuthApp, now: number, ttl: number): { token: string; number: number };
  /** The app a token was given to; throws 401/20003 when it is bad, expired or revoked. */
  appOf(token: string, now: number): SandboxOAuthApp;
  /** Makes single tokens useless. */
  revoke(numbers: Iterable<number>): void;
  /** Makes all tokens given so far useless, of one app or of all. */
  revokeAll(clientId?: string): void;
}

/** The claims of a Twilio access token that clients are known to read. */
interface AccessClaims {
  sub: string;
  act: { sub: string };
  'urn:tw:iam_ctx': string;
  iat: number;
  exp: number;
  jti: string;
}

export function createAccessTokens(seed: Seed, apps: OAuthApps): AccessTokens {
  const key = seed.bytes('token-key');
  /** Number of the last token; a token's jti is its own number. */
  let issued = 0;
  /** Tokens up to this number are revoked, per client id. */
  const revokedUpTo = new Map<string, number>();
  const revoked = new Set<number>();

  return {
    issue({ clientId, accountSid }, now, ttl) {
      issued += 1;
      const account = ACCOUNT_TRN + accountSid;
      const claims: AccessClaims = {
        sub: APP_TRN + clientId,
        act: { sub: account },
        'urn:tw:iam_ctx': account,
        iat: now,
        exp: now + ttl,
        jti: String(issued),
      };
      return { token: signToken(claims, key), number: issued };
    },
    appOf(token, now) {
      const claims = readToken<AccessClaims>(token, key);
      const app = claims ? apps.find(claims.sub.slice(APP_TRN.length)) : undefined;
      if (!claims || !app || claims.exp <= now) throw unauthorized();
      const number = Number(claims.jti);
      if (revoked.has(number) || number <= (revokedUpTo.get(app.clientId) ?? 0)) throw unauthorized();
      return app;
    },
    revoke(numbers) {
      for (const number of numbers) revoked.add(number);
    },
    revokeAll(clientId) {
      for (const id of apps.ids(clientId)) revokedUpTo.set(id, issued);
    },
  };
}
