import type { SandboxSwitches } from './switches.ts';

export type AccountStatus = 'active' | 'suspended' | 'closed';

/** A key pair for Basic authentication. */
export interface SandboxApiKey {
  sid: string;
  secret: string;
}

export interface SandboxAccount {
  readonly sid: string;
  readonly authToken: string;
  readonly friendlyName: string;
  readonly type: 'Trial' | 'Full';
  /** A parent owns itself. */
  readonly ownerAccountSid: string;
  status: AccountStatus;
  /** Seconds since 1970. */
  readonly dateCreated: number;
  readonly dateUpdated: number;
  /** Seconds since 1970; a closed account is deleted 30 days later. */
  closedAt: number | null;
  /** A main key reads /Accounts, a standard key does not. */
  readonly apiKeys: { readonly main: SandboxApiKey; readonly standard: SandboxApiKey };
}

/** An OAuth app. It opens exactly one account. */
export interface SandboxOAuthApp {
  readonly nickname: string;
  readonly accountSid: string;
  readonly clientId: string;
  /** The current secret; {@link Sandbox.rotateSecret} changes it. */
  readonly clientSecret: string;
  /** Twilio permission names such as `/twilio/messaging/messages/list`; `/*` at the end is a wildcard. */
  readonly permissions: readonly string[];
}

/** An OAuth app of an organization, which a person authorizes in a browser (authorization code grant). */
export interface SandboxOrganizationApp extends SandboxOAuthApp {
  /** Redirect URIs that may receive a code; {@link Sandbox.allowRedirect} adds one. */
  readonly redirectUris: readonly string[];
}

/** A message in the format of the 2010-04-01 API. */
export interface WireMessage {
  body: string | null;
  num_segments: string | null;
  direction: string;
  from: string | null;
  date_updated: string | null;
  price: string | null;
  error_message: string | null;
  uri: string;
  account_sid: string;
  num_media: string | null;
  to: string | null;
  date_created: string | null;
  status: string;
  sid: string;
  date_sent: string | null;
  messaging_service_sid: string | null;
  error_code: number | null;
  price_unit: string | null;
  api_version: string | null;
  subresource_uris: Record<string, string>;
}

export interface SandboxRequest {
  method: string;
  /** Path and query. A scheme and host are allowed and ignored. */
  url: string;
  /** Names in any case. */
  headers?: Readonly<Record<string, string | undefined>>;
  body?: string;
}

export interface SandboxResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** A file, which replaces `body`. */
  bytes?: Uint8Array;
  /** `reset`: the connection breaks before the first byte. `truncate`: it breaks in the middle of the body. */
  broken?: 'reset' | 'truncate';
}

/** One request, logged when it ends. `/_sandbox` requests are not logged. */
export interface SandboxCall {
  method: string;
  /** Path with query; without it for `/v2/token` and `/v2/authorize`. */
  path: string;
  /** HTTP status; 0 without a response. */
  status: number;
  /** The client disconnected before the response. */
  aborted?: true;
  /** The account in the path, or the caller's own for `/Accounts.json`. */
  accountSid?: string;
  /** Id of the credential: an OAuth client id, an API key SID or an account SID. */
  credential?: string;
  /** Twilio's error code. */
  code?: number;
}

export interface SandboxOptions {
  /** @default 1 */
  seed?: number;
  /** Milliseconds since 1970. @default Date.now */
  clock?: () => number;
  /** Time at which the generated messages end, in milliseconds. @default clock() at creation */
  epoch?: number;
  /** Messages of the parent account over 430 days. @default 6000 */
  messages?: number;
  switches?: Partial<SandboxSwitches>;
}

export interface NewApp {
  accountSid: string;
  nickname?: string;
  /** @default the four read permissions, and those of media and usage */
  permissions?: readonly string[];
}

export interface NewOrganizationApp extends NewApp {
  /** Absolute http or https URLs without a fragment, compared exactly. */
  redirectUris: readonly string[];
}

export interface NewAccount {
  friendlyName?: string;
  status?: AccountStatus;
  /** Messages over 430 days. @default 0 */
  messages?: number;
}

/** An in-memory Twilio that behaves like the real one. */
export interface Sandbox {
  readonly accounts: {
    readonly parent: SandboxAccount;
    readonly active: SandboxAccount;
    readonly suspended: SandboxAccount;
    readonly closed: SandboxAccount;
  };
  /** The first is the parent's ("sandbox"), the second the active subaccount's ("sandbox-subaccount"). */
  readonly apps: readonly SandboxOAuthApp[];
  /** The first is the parent's ("sandbox-organization"), for a gateway at port 4000 of this machine. */
  readonly organizationApps: readonly SandboxOrganizationApp[];
  /** An app without a credential, to try how one is added. */
  readonly spareApp: SandboxOAuthApp;
  readonly switches: Readonly<SandboxSwitches>;
  /** Changes some switches. When one is invalid, throws an Error that says why and changes none. */
  set(change: Partial<SandboxSwitches>): void;
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** Works in-process like the global fetch; ignores the URL's host. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  listen(options?: { port?: number; host?: string }): Promise<{ url: string; close(): Promise<void> }>;
  /** The last 10,000 requests, oldest first. */
  readonly calls: readonly SandboxCall[];
  clearCalls(): void;
  /** Adds a message, by default one just delivered (or received, if inbound); every field can be overridden. */
  addMessage(account: 'parent' | 'active' | (string & {}), message?: Partial<WireMessage>): WireMessage;
  /** Changes an added message; `date_updated` becomes now unless it is given. */
  updateMessage(sid: string, change: Partial<WireMessage>): void;
  deleteMessage(sid: string): void;
  /** Adds an account app, which has client credentials only. */
  addApp(app: NewApp): SandboxOAuthApp;
  /** Adds an organization app, which has the authorization code grant only. */
  addOrganizationApp(app: NewOrganizationApp): SandboxOrganizationApp;
  /** Registers a redirect URI of an organization app. */
  allowRedirect(clientId: string, uri: string): void;
  setPermissions(clientId: string, permissions: readonly string[]): void;
  /** Returns the new secret; the old one stops working at once, but issued tokens stay valid. */
  rotateSecret(clientId: string): string;
  /** Revokes all access tokens issued so far, of one app or of all; refresh tokens stay valid. */
  revokeTokens(clientId?: string): void;
  /** Revokes all refresh tokens issued so far, of one app or of all; access tokens stay valid. */
  revokeRefreshTokens(clientId?: string): void;
  addAccount(account?: NewAccount): SandboxAccount;
}
