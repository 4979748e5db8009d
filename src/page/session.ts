import { randomBytes } from 'node:crypto';
import type { Cookie } from './cookies.ts';
import type { Seal } from './seal.ts';

/** One browser's visit. It lives in a sealed cookie, so that every gateway behind the same port knows it. */
export interface Session {
  /** Random; what is sealed for this visit opens in no other. */
  readonly id: string;
  /** SHA-256 of the key it was logged in with; null before, or where nobody needs to log in. */
  readonly keyHash: string | null;
}

/** A working day; a page left open overnight asks again. */
const LIFETIME_MS = 8 * 60 * 60 * 1000;
const TOKEN = 'form';

export interface Sessions {
  /** Null for none, or one that is over. */
  read(cookie: string | undefined): Session | null;
  /** Under a new id, also at a log-in: an id from before may be known to somebody else. */
  start(keyHash: string | null): Session;
  cookieOf(session: Session): Cookie;
  /** For a hidden field of each form: no page of another site can know it. */
  formToken(session: Session): string;
  isFormToken(session: Session, token: string): boolean;
}

export function createSessions(seal: Seal): Sessions {
  const place = { purpose: 'session', session: '' } as const;
  const formOf = ({ id }: Session) => ({ purpose: 'form', session: id }) as const;

  return {
    read: (cookie) => seal.open(cookie, place) as Session | null,
    start: (keyHash) => ({ id: randomBytes(16).toString('base64url'), keyHash }),
    cookieOf(session) {
      return { name: 'session', value: seal.seal(session, place, LIFETIME_MS), maxAgeMs: LIFETIME_MS };
    },
    formToken: (session) => seal.seal(TOKEN, formOf(session), LIFETIME_MS),
    isFormToken: (session, token) => seal.open(token, formOf(session)) === TOKEN,
  };
}
