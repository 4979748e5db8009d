import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { TokenClaims, VerifyJwt } from './oidc.ts';

export interface VerifiedTokensOptions {
  readonly verify: VerifyJwt;
  /** @default Date.now */
  readonly now?: (() => number) | undefined;
  /** @default 1000 */
  readonly max?: number | undefined;
}

/** Maximum time for which a token is accepted after the issuer revoked it. */
const MAX_AGE_MS = 60_000;

interface Verified {
  readonly claims: TokenClaims;
  /** By `now()`. */
  readonly expiresAt: number;
}

/**
 * Verifies a JWT once; until it expires, verifying it again costs a hash and a lookup. The cache is keyed by SHA-256, so
 * that it contains no token.
 */
export function createVerifiedTokens({ verify, now = Date.now, max = 1_000 }: VerifiedTokensOptions) {
  const verified = new LRUCache<string, Verified>({ max });
  let generation = 0;

  return {
    /** Returns the claims of a token. @throws what {@link VerifyJwt} throws; failures are not cached */
    async verify(token: string): Promise<TokenClaims> {
      const hash = createHash('sha256').update(token).digest('base64');
      const found = verified.get(hash);
      if (found && now() < found.expiresAt) return found.claims;
      const before = generation;
      const claims = await verify(token);
      // Not cached if the keys changed meanwhile: it may have been verified with the old ones.
      if (before === generation) {
        verified.set(hash, { claims, expiresAt: Math.min(expiryOf(token), now() + MAX_AGE_MS) });
      }
      return claims;
    },
    /** Forgets all tokens. Call it when the issuer's keys change: one of them may be withdrawn. */
    clear(): void {
      generation += 1;
      verified.clear();
    },
  };
}

/** Reads when a verified token expires, in milliseconds since the epoch. */
function expiryOf(token: string): number {
  const [, payload = ''] = token.split('.');
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  return exp * 1_000;
}
