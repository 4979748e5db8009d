import type { Context, Hono } from 'hono';
import type { Actor } from '../admin/actor.ts';
import type { Admin } from '../admin/admin.ts';
import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import type { Logger } from '../log.ts';
import type { Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Site } from './origin.ts';
import type { Seal } from './seal.ts';
import type { Session, Sessions } from './session.ts';
import type { SignIn } from './sign-in.ts';

export interface PagesOptions {
  store: GatewayStore;
  admin: Admin;
  callers: Callers;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  /** Without these, sessions end with the process and are not shared between gateways. */
  encryptionKeys?: readonly EncryptionKey[];
  /** The URL under which browsers reach the gateway. @default from the Host header */
  publicUrl?: URL | undefined;
  /** The URL of Twilio's OAuth server, which shows the consent page. */
  oauthUrl: URL;
  /** Sign-in with an identity provider; undefined without OIDC_CLIENT_ID. */
  signIn?: SignIn | undefined;
  /** Whether GraphiQL is served, so that pages link to it. */
  graphiql: boolean;
  /** Whether the credentials of the settings are those of the embedded sandbox. */
  isSandbox: boolean;
  /** Returns the name of a credential's account, if it is known soon; else it fails. */
  accountName: (credential: Credential) => Promise<string | null>;
}

/** One request to a page, and what its response needs. */
export interface PageRequest {
  readonly url: URL;
  readonly site: Site;
  /** The client's address; null in-process. */
  readonly address: string | null;
  readonly session: Session;
  /** Whether the browser does not have the session's cookie yet. */
  readonly isNew: boolean;
  /** Null before the login. */
  readonly principal: Promise<Principal | null>;
  readonly readBody: () => Promise<string>;
  readonly seal: Seal;
  readonly sessions: Sessions;
  readonly graphiql: boolean;
}

export type PageEnv = {
  Bindings: PageRequest;
  Variables: {
    /** Null before the login, and on pages about an unavailable store. */
    principal: Principal | null;
    /** The administrator, on pages for administrators. */
    actor: Actor;
    /** The form of a POST, sent by a page of this gateway and this session. */
    form: URLSearchParams;
  };
};

export type PageApp = Hono<PageEnv>;
export type PageContext = Context<PageEnv>;
