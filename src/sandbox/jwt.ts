import { createHmac, timingSafeEqual } from 'node:crypto';

/** How tokens name an account and an app. */
export const ACCOUNT_TRN = 'trn:us1:iam:account:';
export const APP_TRN = 'trn:us1:iam:oauthapp:';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

export function signToken(claims: object, key: Buffer): string {
  const content = `${HEADER}.${encode(claims)}`;
  return `${content}.${signature(content, key).toString('base64url')}`;
}

/**
 * The claims of a token signed with `key`, or null for anything else. Each kind of token has a key of its
 * own, which is what keeps one from being taken for another. Says nothing on whether it has expired.
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
