import type {
  ApiKey,
  ApiKeyChange,
  AuditEntry,
  AuditPage,
  Credential,
  CredentialPermissionCheck,
  NewApiKey,
  NewAuditEntry,
  NewCredential,
  OAuthState,
  Publication,
  PublishedDocument,
} from './records.ts';

/**
 * Source of credentials. The gateway lists them for every request, but reads a secret only to request an access
 * token, so that an implementation can keep secrets sealed until then.
 */
export interface CredentialStore {
  /** All credentials, oldest first. */
  list(): Promise<readonly Credential[]>;
  /** @throws when the credential does not exist */
  clientSecret(id: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Stores credentials, API keys, the audit log, page sessions and the state of OAuth's authorization code grant.
 * When a promise resolves, the change is on disk. Every method can fail with StoreUnavailableError; one that
 * takes an id fails with NotFoundError for an unknown id, unless it says otherwise.
 */
export interface GatewayStore
  extends CredentialStore,
    ApiKeyStore,
    AuditLog,
    OAuthGrants,
    BrowserSessions,
    DocumentStore {
  /** Null for an unknown id. */
  get(id: string): Promise<Credential | null>;
  /** @throws {SealError} {EncryptionKeyMissingError} */
  clientSecret(id: string): Promise<string>;
  /** @throws {NicknameTakenError} {InvalidValueError} {EncryptionKeyMissingError} */
  add(credential: NewCredential): Promise<Credential>;
  /** @throws {NicknameTakenError} {InvalidValueError} */
  rename(id: string, nickname: string): Promise<Credential>;
  /** Replaces the secret, increments its version, and clears Twilio's refusal of the old one. */
  rotateSecret(id: string, clientSecret: string): Promise<Credential>;
  /** Replaces the results of the permission checks. */
  savePermissions(id: string, checks: readonly CredentialPermissionCheck[]): Promise<Credential>;
  /**
   * Records that Twilio refused the secret; keeps the first time until cleared. Does nothing for an unknown id.
   *
   * @param secretVersion the version that Twilio refused: does nothing when the secret was rotated since
   */
  markRefused(id: string, code: number | null, secretVersion?: number): Promise<void>;
  /** Records that Twilio accepts the secret. Does nothing for an unknown id. */
  clearRefused(id: string): Promise<void>;
  /** Removes the credential, also from API keys, and its refresh token. */
  remove(id: string): Promise<void>;
  /**
   * Reseals all values that were not sealed with the first key, in one transaction.
   *
   * @returns the number of resealed values
   * @throws {SealError} for the first value that does not open; nothing is changed
   */
  reseal(): Promise<number>;
  /**
   * Calls the listener after credentials, API keys or published documents changed: at once for this store's own changes, within
   * 2 seconds for those of other gateways. May make a superfluous call, but never misses a change.
   *
   * @returns a function that removes the listener
   */
  onChange(listener: () => void): () => void;
  /** Checks that the database responds. @throws {WrongEncryptionKeyError} from a store that serves from memory */
  ping(): Promise<void>;
}

export interface ApiKeyStore {
  /** @throws {InvalidValueError}, {NotFoundError} for an unknown credential */
  addApiKey(key: NewApiKey): Promise<ApiKey>;
  /** @throws {NotFoundError} when unknown or revoked, also for an unknown credential; {InvalidValueError} */
  updateApiKey(id: string, change: ApiKeyChange): Promise<ApiKey>;
  /** The keys that are not revoked, oldest first. */
  listApiKeys(): Promise<readonly ApiKey[]>;
  /** Finds a key, even an expired one, by its token's SHA-256 (hex); null when unknown or revoked. */
  findApiKeyByHash(tokenHash: string): Promise<ApiKey | null>;
  /** Whether the key with this SHA-256 was revoked, for the error message. */
  isApiKeyRevoked(tokenHash: string): Promise<boolean>;
  /** Whether an ADMIN key ever existed, even if it has expired, was revoked or was lost. */
  hasHadAdminKey(): Promise<boolean>;
  /** @throws {NotFoundError} when unknown or already revoked */
  revokeApiKey(id: string): Promise<void>;
  /** Records when keys were last used, in one statement; ignores unknown keys. */
  touchApiKeys(lastUsed: ReadonlyMap<string, Date>): Promise<void>;
}

/** An append-only log: the database itself rejects changes and deletions. */
export interface AuditLog {
  appendAudit(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  listAudit(page: AuditPage): Promise<readonly AuditEntry[]>;
}

/** Limit on sessions of browsers, against a program that logs in endlessly. */
export const MAX_SESSIONS = 1_000;

/** The active sessions of browsers. */
export interface BrowserSessions {
  /** Adds a session; deletes those expired by `dateCreated`, and the oldest beyond {@link MAX_SESSIONS}. */
  addSession(session: { id: string; dateCreated: Date; dateExpires: Date }): Promise<void>;
  /** Whether the session exists. Does not check its expiry, which is in its cookie. */
  hasSession(id: string): Promise<boolean>;
  /** Does nothing when the session has ended. */
  endSession(id: string): Promise<void>;
}

/** Limits of all published documents together; every gateway has them in memory. Each key of each document counts. */
export const MAX_PUBLISHED = { documents: 2_000, bytes: 16 * 1024 * 1024, keys: 20_000 };

/** Trusted documents that were published. */
export interface DocumentStore {
  /**
   * Adds documents, all or none. One that is stored with the same id and text already is extended to these keys, or to
   * every caller; it is never restricted, so that several may publish the same document, each for its own keys.
   *
   * @param apiKeyIds the keys that may run them; null for every caller. Unknown ones do no harm
   * @throws {DocumentConflictError} for an id that is stored with another text, {DocumentsFullError}
   */
  publishDocuments(
    documents: readonly Pick<PublishedDocument, 'documentId' | 'name' | 'text'>[],
    apiKeyIds: readonly string[] | null,
  ): Promise<Publication>;
  /** Removes documents, all or none. @throws {NotFoundError} */
  retireDocuments(documentIds: readonly string[]): Promise<void>;
  /** Oldest first. */
  listDocuments(): Promise<readonly PublishedDocument[]>;
}

export interface OAuthGrants {
  /** Replaces the credential's refresh token. */
  saveRefreshToken(credentialId: string, token: string): Promise<void>;
  /** Null without one. @throws {SealError} */
  refreshToken(credentialId: string): Promise<string | null>;
  /**
   * Runs `work` under a lock on the credential that all gateways share. `work` must read the refresh token itself,
   * because the previous holder may have replaced it.
   *
   * @throws {StoreUnavailableError} when the lock is not acquired within 30 seconds
   */
  withRefreshLock<T>(credentialId: string, work: () => Promise<T>): Promise<T>;
  saveState(state: OAuthState): Promise<void>;
  /** Returns and deletes a state; null when it is unknown, already taken or expired. */
  takeState(state: string): Promise<OAuthState | null>;
}

/** A consistent copy of the store's data, with secrets still sealed. */
export interface StoreSnapshot {
  /** The number of the last change that is certainly included; later ones may be too. */
  readonly version: number;
  readonly credentials: readonly { readonly credential: Credential; readonly sealedSecret: string }[];
  /** Without revoked keys. */
  readonly apiKeys: readonly { readonly tokenHash: string; readonly key: ApiKey }[];
  readonly revokedHashes: readonly string[];
  /** {@link ApiKeyStore.hasHadAdminKey} */
  readonly hadAdminKey: boolean;
  /** Differs once documents were published or retired. */
  readonly documentsVersion: string;
}
