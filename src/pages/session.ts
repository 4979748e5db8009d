import { randomBytes } from 'node:crypto';
import type { PageSessions } from '../store/store.ts';
import type { Cookie } from './cookies.ts';
import type { Seal } from './seal.ts';

/** A browser session. It is stored in a sealed cookie, so that every gateway behind the same port can read it. */
export interface Session {
  /** Random; a value sealed for this session opens in no other. */
  readonly id: string;
  /** SHA-256 of the key it was logged in with; null without a login. */
  readonly keyHash: string | null;
}

/** A working day; the next day requires a new login. */
const LIFETIME_MS = 8 * 60 * 60 * 1000;
const TOKEN = 'form';

export interface Sessions {
  /** Opens the session cookie; null if it is missing, invalid or expired. */
  read(cookie: string | undefined): Session | null;
  /** Creates a session that is not logged in. */
  start(): Session;
  /** Creates a session with a new id, against session fixation, and ends the session `before`. */
  logIn(keyHash: string, before: Session): Promise<Session>;
  /**
   * Whether the session is still logged in. Checked in the store, because a copy of the cookie must be useless after the
   * logout.
   */
  isLoggedIn(session: Session): Promise<boolean>;
  /** Ends the session for all gateways. @returns one that is not logged in */
  logOut(session: Session): Promise<Session>;
  cookieOf(session: Session): Cookie;
  /** Returns the CSRF token for a hidden field of each form. */
  formToken(session: Session): string;
  isFormToken(session: Session, token: string): boolean;
}

export function createSessions(seal: Seal, store: PageSessions, now: () => number): Sessions {
  const place = { purpose: 'session', session: '' } as const;
  const formOf = ({ id }: Session) => ({ purpose: 'form', session: id }) as const;
  const create = (keyHash: string | null): Session => ({
    id: randomBytes(16).toString('base64url'),
    keyHash,
  });

  async function logOut({ id, keyHash }: Session): Promise<Session> {
    if (keyHash !== null) await store.endSession(id);
    return create(null);
  }

  return {
    read: (cookie) => seal.open(cookie, place) as Session | null,
    start: () => create(null),
    async logIn(keyHash, before) {
      await logOut(before);
      const session = create(keyHash);
      const at = now();
      const dates = { dateCreated: new Date(at), dateExpires: new Date(at + LIFETIME_MS) };
      await store.addSession({ id: session.id, ...dates });
      return session;
    },
    isLoggedIn: async ({ id, keyHash }) => keyHash !== null && (await store.hasSession(id)),
    logOut,
    cookieOf(session) {
      return { name: 'session', value: seal.seal(session, place, LIFETIME_MS), maxAgeMs: LIFETIME_MS };
    },
    formToken: (session) => seal.seal(TOKEN, formOf(session), LIFETIME_MS),
    isFormToken: (session, token) => seal.open(token, formOf(session)) === TOKEN,
  };
}
