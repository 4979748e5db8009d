import type { FieldPolicy } from '../policy/field-policy.ts';

/** The result of probing one permission. */
export interface CredentialPermissionCheck {
  /** Its name in the schema, e.g. `MESSAGES_READ`. */
  readonly permission: string;
  readonly granted: boolean;
  readonly checkedAt: Date;
}

/** The OAuth grant type: an account's app uses client credentials, an organization's app a person's consent. */
export type CredentialKind = 'client_credentials' | 'authorization_code';

/** Twilio's refusal of a credential's secret. */
export interface CredentialRefusal {
  readonly at: Date;
  /** Twilio's error code, e.g. 322402; null when the response had none. */
  readonly code: number | null;
}

/** A Twilio OAuth app, which opens exactly the account it was created in. The secret stays in the store. */
export interface Credential {
  /** Opaque and permanent. */
  readonly id: string;
  /** 1 to 64 characters, unique among all credentials (case-insensitive). */
  readonly nickname: string;
  /** The one account this credential opens (AC…). */
  readonly accountSid: string;
  /** OQ… */
  readonly clientId: string;
  readonly kind: CredentialKind;
  /** Starts at 1 and increases with each rotation; identifies access tokens of an old secret. */
  readonly secretVersion: number;
  /** The latest check of each permission; empty before the first. */
  readonly permissions: readonly CredentialPermissionCheck[];
  /** Twilio's refusal of the secret; null without one. */
  readonly refused: CredentialRefusal | null;
  readonly dateCreated: Date;
  /** Time of the last rename or rotation. */
  readonly dateUpdated: Date;
}

/** Whether a credential comes from the settings: its id is the client id, and that of a stored one is random. */
export function isFromSettings({ id, clientId }: Credential): boolean {
  return id === clientId;
}

/** A credential to add. The store assigns the id. */
export interface NewCredential {
  nickname: string;
  accountSid: string;
  clientId: string;
  clientSecret: string;
  /** @default 'client_credentials' */
  kind?: CredentialKind;
  /** Checks made before adding. @default none */
  permissions?: readonly CredentialPermissionCheck[];
}

export type ApiKeyRole = 'READER' | 'ADMIN';

/** An API key. The store has only the SHA-256 of its token. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyRole;
  /** The credentials it may use. Empty means none; an ADMIN key's access to all is decided elsewhere. */
  readonly credentialIds: readonly string[];
  readonly fieldPolicy: FieldPolicy;
  readonly dateCreated: Date;
  /** Null when it does not expire. An expired key is still found, so that the error can say so. */
  readonly dateExpires: Date | null;
  readonly dateLastUsed: Date | null;
}

/** The changes of an API key; what is undefined stays. */
export interface ApiKeyChange {
  /** 1 to 64 characters. */
  readonly name?: string | undefined;
  readonly credentialIds?: readonly string[] | undefined;
  /** Null for a key that does not expire. */
  readonly dateExpires?: Date | null | undefined;
  readonly fieldPolicy?: FieldPolicy | undefined;
}

export interface NewApiKey {
  /** 1 to 64 characters; need not be unique. */
  name: string;
  role: ApiKeyRole;
  /** SHA-256 of the token, 64 hex digits. */
  tokenHash: string;
  credentialIds: readonly string[];
  dateExpires: Date | null;
  /** @default everything is shown */
  fieldPolicy?: FieldPolicy | undefined;
}

/** An entry of the audit log: who did what, to what, when and from where. Contains no secret. */
export interface AuditEntry {
  /** Increases with each entry; pages continue from it. */
  readonly id: number;
  readonly at: Date;
  /** An API key's name, a token's subject, or `cli`. */
  readonly actor: string;
  /** E.g. `credential.rotate`. */
  readonly action: string;
  /** The id of the object; null when the action has none. */
  readonly target: string | null;
  /** An IP address, or `cli`. */
  readonly origin: string | null;
  /** Further details, as JSON without secrets. */
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export type NewAuditEntry = Omit<AuditEntry, 'id'>;

/** A document that an ADMIN published: an operation that callers may run by its id. */
export interface PublishedDocument {
  /** Unique among the published documents. */
  readonly documentId: string;
  /** The name of its operation; several documents may have the same. */
  readonly name: string;
  readonly text: string;
  /** The ids of the API keys that may run it; null for every caller. */
  readonly apiKeyIds: readonly string[] | null;
  readonly dateAdded: Date;
}

/** The result of a publication. */
export interface Publication<T = PublishedDocument> {
  /** The documents that are new. */
  readonly added: readonly T[];
  /** The documents that were published before, for fewer callers. */
  readonly extended: readonly T[];
  readonly unchanged: readonly T[];
}

/** Which entries of the audit log to list; all fields together. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Inclusive, as `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface AuditPage extends AuditFilter {
  /** Maximum number of entries. */
  readonly limit: number;
  /** Only entries older than the one with this id. */
  readonly before?: number | undefined;
}

/**
 * State of an authorization code flow, from the redirect to Twilio's consent page until the callback. The store
 * has only a hash of `state` and seals the rest but the expiry, so that a copy of the table is useless.
 */
export interface OAuthState {
  /** OAuth's random `state` parameter; valid for one callback. */
  readonly state: string;
  /** PKCE's code verifier. */
  readonly codeVerifier: string;
  /** The nickname of the credential to create or renew. */
  readonly nickname: string;
  readonly dateExpires: Date;
  /** Further values for the callback, e.g. client id and secret, and the actor who started the flow. */
  readonly details: Readonly<Record<string, string>>;
}
