import type { Context, Hono } from 'hono';
import type { Consent } from '../admin/consent.ts';
import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import type { Logger } from '../log.ts';
import type { BrowserSessions } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Site } from './origin.ts';
import type { Seal } from './seal.ts';
import type { Session, Sessions } from './session.ts';

export interface SignInOptions {
  readonly store: BrowserSessions;
  readonly consent: Consent;
  readonly callers: Callers;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /** Without these, sessions end with the process and are not shared between gateways. */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined;
  /** The URL under which browsers reach the gateway. @default from the Host header */
  readonly publicUrl?: URL | undefined;
  /** Undefined without OIDC_CLIENT_ID. */
  readonly provider?: IdentityProvider | undefined;
}

/** The parts that all routes share. */
export interface SignInParts extends SignInOptions {
  readonly seal: Seal;
  readonly sessions: Sessions;
}

/** One request of a browser. */
export interface Visit {
  readonly url: URL;
  readonly site: Site;
  /** The client's address; null in-process. */
  readonly address: string | null;
  /** Null without a valid cookie. The session may have ended since. */
  readonly session: Session | null;
  /** Null where nobody is signed in. Rejects while the store is unavailable. */
  readonly principal: Promise<Principal | null>;
  readonly readBody: () => Promise<string>;
}

export type SignInEnv = {
  Bindings: Visit;
  /** The fields of a POST, sent by a page of this gateway. */
  Variables: { form: URLSearchParams };
};

export type SignInApp = Hono<SignInEnv>;
export type SignInContext = Context<SignInEnv>;
