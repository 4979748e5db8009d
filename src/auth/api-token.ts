import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Marks a key of this gateway, for people and for scanners that look for leaked secrets. */
const PREFIX = 'tgw_';

/** Creates an API key's token: 256 random bits. It is shown once; only its {@link hashToken} is stored. */
export function createToken(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

export function isApiToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** Hashes a token with SHA-256, in hex. A token has 256 random bits, so it needs no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares two tokens in constant time. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(expected)));
}
