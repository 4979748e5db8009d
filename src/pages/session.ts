import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { PageSessions } from '../store/store.ts';
import type { Site } from './origin.ts';
import type { Seal } from './seal.ts';

/** A browser session. It is stored in a sealed cookie, so that every gateway behind the same port can read it. */
export interface Session {
  /** Random; a value sealed for this session opens in no other. */
  readonly id: string;
  /** SHA-256 of the key it was logged in with; null without a login. */
  readonly keyHash: string | null;
}

export type Sessions = ReturnType<typeof createSessions>;

/** A working day; the next day requires a new login. */
const LIFETIME_MS = 8 * 60 * 60 * 1000;
const TOKEN = 'form';

export function createSessions(seal: Seal, store: PageSessions, now: () => number) {
  const create = (keyHash: string | null): Session => ({
    id: randomBytes(16).toString('base64url'),
    keyHash,
  });

  /** Ends the session for all gateways. @returns one that is not logged in */
  async function logOut({ id, keyHash }: Session): Promise<Session> {
    if (keyHash !== null) await store.endSession(id);
    return create(null);
  }

  return {
    start: () => create(null),
    /** Opens the session cookie; null if it is missing, invalid or expired. */
    read: (cookie: string | undefined) => seal.open(cookie, 'session', '') as Session | null,
    /** Sets the session cookie. */
    write(c: Context, site: Site, session: Session): void {
      writeCookie(c, site, 'session', seal.seal(session, 'session', '', LIFETIME_MS), LIFETIME_MS);
    },
    /** Creates a session with a new id, against session fixation, and ends the session `before`. */
    async logIn(keyHash: string, before: Session): Promise<Session> {
      await logOut(before);
      const session = create(keyHash);
      const at = now();
      await store.addSession({
        id: session.id,
        dateCreated: new Date(at),
        dateExpires: new Date(at + LIFETIME_MS),
      });
      return session;
    },
    logOut,
    /**
     * Finds the principal of a session: the owner of the key it was logged in with, if session and key are still valid;
     * the local administrator if the gateway requires no key; else null. Checks the session in the store each time,
     * because a copy of the cookie must be useless after the logout.
     */
    async identify(
      { id, keyHash }: Session,
      callers: Callers,
      address: string | null,
    ): Promise<Principal | null> {
      if (keyHash !== null && (await store.hasSession(id))) {
        const principal = await callers.identifyHash(keyHash, address).catch(nullIfRejected);
        if (principal) return principal;
      }
      return callers.identify(null, address).catch(nullIfRejected);
    },
    /** Returns the CSRF token for a hidden field of each form. */
    formToken: ({ id }: Session) => seal.seal(TOKEN, 'form', id, LIFETIME_MS),
    isFormToken: ({ id }: Session, token: string) => seal.open(token, 'form', id) === TOKEN,
  };
}

/** Returns null for a missing, unknown, revoked or expired key. @throws any other error */
export function nullIfRejected(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}

export function readCookie({ headers }: Request, { secure }: Site, name: string): string | undefined {
  const fullName = `${secure ? '__Host-' : ''}tgw_${name}`;
  return parse(headers.get('cookie') ?? '', fullName)[fullName];
}

/**
 * Sets a cookie; an empty value deletes it. With the prefix `__Host-` the browser rejects it from other hosts of the
 * domain; without https the browser would always reject it.
 */
export function writeCookie(c: Context, { secure }: Site, name: string, value: string, lifetimeMs: number) {
  setCookie(c, `tgw_${name}`, value, {
    maxAge: value ? Math.floor(lifetimeMs / 1000) : 0,
    httpOnly: true,
    sameSite: 'Strict',
    ...(secure ? { prefix: 'host', secure: true, path: '/' } : {}),
  });
}
