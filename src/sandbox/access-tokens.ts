import { createHmac, timingSafeEqual } from 'node:crypto';
import { unauthorized } from './errors.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { Seed } from './random.ts';
import type { SandboxOAuthApp } from './types.ts';

/** Prefixes of the resource names by which tokens refer to accounts and apps. */
const ACCOUNT_TRN = 'trn:us1:iam:account:';
export const APP_TRN = 'trn:us1:iam:oauthapp:';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

export function signToken(claims: object, key: Buffer): string {
  const content = `${HEADER}.${encode(claims)}`;
  return `${content}.${signature(content, key).toString('base64url')}`;
}

/**
 * Returns the claims of a token signed with `key`, otherwise null. Each kind of token has its own key, so
 * that one kind is never accepted as another. Does not check the expiry.
 */
export function readToken<Claims>(token: string, key: Buffer): Claims | null {
  const [header, payload, signed] = token.split('.');
  if (header !== HEADER || payload === undefined || signed === undefined) return null;
  const wanted = signature(`${header}.${payload}`, key);
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(content: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

export interface AccessTokens {
  /** Issues a numbered token, valid until `now + ttl`. Seconds since 1970. */
  issue(app: SandboxOAuthApp, now: number, ttl: number): { token: string; number: number };
  /** Returns the app a token was issued to; throws 401/20003 when it is invalid, expired or revoked. */
  appOf(token: string, now: number): SandboxOAuthApp;
  /** Revokes individual tokens. */
  revoke(numbers: Iterable<number>): void;
  /** Revokes all tokens issued so far, of one app or of all. */
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
  /** Number of the last token; a token's jti is its number. */
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
