import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import type { Principal, Role } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import type { PageSessions } from '../store/store.ts';
import type { Site } from './origin.ts';
import type { Seal } from './seal.ts';

/** A browser session. It is stored in a sealed cookie, so that every gateway behind the same port can read it. */
export interface Session {
  /** Random; a value sealed for this session opens in no other. */
  readonly id: string;
  /** SHA-256 of the key it was logged in with; null without one. */
  readonly keyHash: string | null;
  /** Who signed in with an identity provider; absent for others. */
  readonly user?: SessionUser;
}

/** A user, as the identity provider described them at the sign-in. */
export interface SessionUser {
  readonly subject: string;
  readonly role: Role;
  readonly nicknames: readonly string[];
  readonly fieldPolicy: FieldPolicy;
  /** When the session ends and the user must sign in again, in milliseconds since 1970. */
  readonly expires: number;
}

export type Sessions = ReturnType<typeof createSessions>;

/** A working day; the next day requires a new login. */
const LIFETIME_MS = 8 * 60 * 60 * 1000;
const TOKEN = 'form';

export function createSessions(seal: Seal, store: PageSessions, now: () => number) {
  const create = (keyHash: string | null, user?: SessionUser): Session => ({
    id: randomBytes(16).toString('base64url'),
    keyHash,
    ...(user && { user }),
  });

  /** Ends the session for all gateways. @returns one that is not logged in */
  async function logOut(session: Session): Promise<Session> {
    if (isLoggedIn(session)) await store.endSession(session.id);
    return create(null);
  }

  /** Creates a session with a new id, against session fixation, and ends the session `before`. */
  async function begin(session: Session, before: Session, lifetimeMs: number): Promise<Session> {
    await logOut(before);
    const at = now();
    const dates = { dateCreated: new Date(at), dateExpires: new Date(at + lifetimeMs) };
    await store.addSession({ id: session.id, ...dates });
    return session;
  }

  return {
    start: () => create(null),
    /** Opens the session cookie; null if it is missing, invalid or expired. */
    read: (cookie: string | undefined) => seal.open(cookie, 'session', '') as Session | null,
    /** Sets the session cookie. */
    write(c: Context, site: Site, session: Session): void {
      writeCookie(c, site, 'session', seal.seal(session, 'session', '', LIFETIME_MS), LIFETIME_MS);
    },
    logIn: (keyHash: string, before: Session) => begin(create(keyHash), before, LIFETIME_MS),
    logInUser: (user: SessionUser, before: Session) =>
      begin(create(null, user), before, user.expires - now()),
    logOut,
    /**
     * Finds the principal of a session: the owner of the key it was logged in with, if session and key are still valid,
     * or the user; the local administrator if the gateway requires no key; else null. Checks the session in the store each time,
     * because a copy of the cookie must be useless after the logout.
     */
    async identify(
      { id, keyHash, user }: Session,
      callers: Callers,
      address: string | null,
    ): Promise<Principal | null> {
      if (keyHash !== null && (await store.hasSession(id))) {
        const principal = await callers.identifyHash(keyHash, address).catch(nullIfRejected);
        if (principal) return principal;
      }
      if (user && user.expires > now() && (await store.hasSession(id))) return principalOf(user, id, address);
      return callers.identify(null, address).catch(nullIfRejected);
    },
    /** Returns the CSRF token for a hidden field of each form. */
    formToken: ({ id }: Session) => seal.seal(TOKEN, 'form', id, LIFETIME_MS),
    isFormToken: ({ id }: Session, token: string) => seal.open(token, 'form', id) === TOKEN,
  };
}

/** Whether somebody signed in, though the session may have ended since. */
export const isLoggedIn = ({ keyHash, user }: Session): boolean => keyHash !== null || user !== undefined;

function principalOf(user: SessionUser, id: string, origin: string | null): Principal {
  const { subject, role, fieldPolicy } = user;
  const nicknames = new Set(user.nicknames);
  return {
    // As of a token: all sessions of a user count together.
    id: `token:${id}`,
    name: subject,
    role,
    origin,
    fieldPolicy,
    mayUse: ({ nickname }) => role === 'ADMIN' || nicknames.has(nickname),
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
    // A link or redirect of another site must find the login; no form of one may use it.
    sameSite: 'Lax',
    ...(secure ? { prefix: 'host', secure: true, path: '/' } : {}),
  });
}
