import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import type { Principal, Role } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import type { BrowserSessions } from '../store/store.ts';
import type { Site } from './origin.ts';
import type { Seal } from './seal.ts';

/** A browser session. It is stored in a sealed cookie, so that every gateway behind the same port can read it. */
export interface Session {
  /** Random; a value sealed for this session opens in no other. */
  readonly id: string;
  /** SHA-256 of the key it was logged in with; null for a user of an identity provider. */
  readonly keyHash: string | null;
  /** Who signed in with an identity provider; absent for a key. */
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

interface SessionsOptions {
  readonly seal: Seal;
  readonly store: BrowserSessions;
  readonly callers: Callers;
  readonly now: () => number;
}

export function createSessions({ seal, store, callers, now }: SessionsOptions) {
  /** Ends the session for all gateways. */
  async function end(session: Session | null): Promise<void> {
    if (session) await store.endSession(session.id);
  }

  /** Creates a session with a new id, against session fixation, and ends the session `before`. */
  async function begin(
    of: Omit<Session, 'id'>,
    before: Session | null,
    lifetimeMs: number,
  ): Promise<Session> {
    await end(before);
    const id = randomBytes(16).toString('base64url');
    const at = now();
    await store.addSession({ id, dateCreated: new Date(at), dateExpires: new Date(at + lifetimeMs) });
    return { id, ...of };
  }

  return {
    /** Opens the session cookie; null if it is missing, invalid or expired. */
    read: (cookie: string | undefined) => seal.open(cookie, 'session', '') as Session | null,
    /** Sets the session cookie. */
    write(c: Context, site: Site, session: Session): void {
      writeCookie(c, site, 'session', seal.seal(session, 'session', '', LIFETIME_MS), LIFETIME_MS);
    },
    logIn: (keyHash: string, before: Session | null) => begin({ keyHash }, before, LIFETIME_MS),
    logInUser: (user: SessionUser, before: Session | null) =>
      begin({ keyHash: null, user }, before, user.expires - now()),
    end,
    /**
     * Finds the principal of a session: the owner of the key it was logged in with, if session and key are still valid,
     * or the user; the local administrator if the gateway requires no key; else null. Checks the session in the store each time,
     * because a copy of the cookie must be useless after the logout.
     */
    async identify(session: Session | null, address: string | null): Promise<Principal | null> {
      if (session && (await store.hasSession(session.id))) {
        const { id, keyHash, user } = session;
        const owner =
          keyHash !== null && (await callers.identifyHash(keyHash, address).catch(nullIfRejected));
        if (owner) return owner;
        if (user && user.expires > now()) return principalOf(user, id, address);
      }
      return callers.identify(null, address).catch(nullIfRejected);
    },
  };
}

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
