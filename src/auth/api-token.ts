import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Makes a key of this gateway recognisable, to people and to scanners that look for leaked secrets. */
const PREFIX = 'tgw_';

/** Makes an API key's token: 256 random bits. It is shown once; the store gets {@link hashToken} of it. */
export function createToken(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

export function isApiToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** SHA-256 in hex. A token has 256 bits of its own, so that no slow hash is needed to protect it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares without telling by the time taken how much of a guess was right. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(expected)));
}
