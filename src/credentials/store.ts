import type { ApiKey, NewApiKey } from './api-key.ts';
import type { AuditEntry, AuditPage, NewAuditEntry } from './audit-entry.ts';
import type { Credential, CredentialPermissionCheck, NewCredential } from './credential.ts';
import type { OAuthState } from './oauth-state.ts';

/**
 * Where credentials live. The gateway asks it per request for the list and, only when an access token is
 * due, for one secret; an implementation may therefore keep secrets sealed until that moment.
 */
export interface CredentialStore {
  /** All credentials, oldest first. */
  list(): Promise<readonly Credential[]>;
  /** The client secret of one credential. @throws when there is no such credential. */
  clientSecret(id: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Everything the gateway keeps: credentials, API keys, the audit and what OAuth's authorization code needs.
 * A promise that is kept means the change is on disk. Every method can fail with StoreUnavailableError;
 * one that takes an id fails with NotFoundError where that id is not there, unless it says otherwise.
 */
export interface GatewayStore extends CredentialStore, ApiKeyStore, AuditLog, OAuthGrants, PageSessions {
  /** Null where there is no such credential. */
  get(id: string): Promise<Credential | null>;
  /** @throws {SealError} when the secret does not open, {EncryptionKeyMissingError} without any key */
  clientSecret(id: string): Promise<string>;
  /** @throws {NicknameTakenError} {InvalidValueError} {EncryptionKeyMissingError} */
  add(credential: NewCredential): Promise<Credential>;
  /** @throws {NicknameTakenError} {InvalidValueError} */
  rename(id: string, nickname: string): Promise<Credential>;
  /** Replaces the secret, counts its version up, and forgets that Twilio refused the old one. */
  rotateSecret(id: string, clientSecret: string): Promise<Credential>;
  /** Replaces what was known of the permissions. */
  savePermissions(id: string, checks: readonly CredentialPermissionCheck[]): Promise<Credential>;
  /**
   * Notes that Twilio refused the secret; the first time stands until it is cleared. Does nothing when the
   * credential is gone.
   *
   * @param secretVersion the version that was refused: a later secret is not blamed for an earlier one
   */
  markRefused(id: string, code: number | null, secretVersion?: number): Promise<void>;
  /** Notes that Twilio takes the secret. Does nothing when the credential is gone. */
  clearRefused(id: string): Promise<void>;
  /** Removes it, also from every API key that names it, and its refresh token. */
  remove(id: string): Promise<void>;
  /**
   * Seals everything anew that was not sealed with the first key, all or nothing.
   *
   * @returns how many values that were
   * @throws {SealError} naming the first value that does not open; then nothing was changed
   */
  reseal(): Promise<number>;
  /**
   * Calls the listener soon after credentials or API keys changed, whichever gateway changed them: within
   * 2 seconds, and at once for this store's own changes. May call once too often, never once too few.
   *
   * @returns a function that ends it
   */
  onChange(listener: () => void): () => void;
  /** Asks the database for a sign of life. @throws {WrongEncryptionKeyError} from a store that serves from memory */
  ping(): Promise<void>;
}

export interface ApiKeyStore {
  /** @throws {InvalidValueError}, {NotFoundError} when one of its credentials is not there */
  addApiKey(key: NewApiKey): Promise<ApiKey>;
  /** All but the revoked, oldest first. */
  listApiKeys(): Promise<readonly ApiKey[]>;
  /** The key with this SHA-256 (hex), expired ones included; null where none is, or it was revoked. */
  findApiKeyByHash(tokenHash: string): Promise<ApiKey | null>;
  /** Whether there was a key with this SHA-256 that is now revoked: to say so, not to let anyone in. */
  isApiKeyRevoked(tokenHash: string): Promise<boolean>;
  /** Whether there ever was an ADMIN key, also when it has expired, was revoked or is lost since. */
  hasHadAdminKey(): Promise<boolean>;
  /** @throws {NotFoundError} also when it was revoked before */
  revokeApiKey(id: string): Promise<void>;
  /** Notes when keys were last used, all in one statement; keys that are gone are passed over. */
  touchApiKeys(lastUsed: ReadonlyMap<string, Date>): Promise<void>;
}

/** Append-only: the database itself refuses to change or delete an entry. */
export interface AuditLog {
  appendAudit(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  listAudit(page: AuditPage): Promise<readonly AuditEntry[]>;
}

/** Nobody has so many browsers; what lies beyond would be a program that logs in without end. */
export const MAX_SESSIONS = 1_000;

/** The sessions of the page that somebody is logged in to; a session that is not here has ended. */
export interface PageSessions {
  /** Forgets those that have expired at `dateCreated`; beyond {@link MAX_SESSIONS} the oldest ends. */
  addSession(session: { id: string; dateCreated: Date; dateExpires: Date }): Promise<void>;
  /** Looks at no date: the session's own cookie has it. */
  hasSession(id: string): Promise<boolean>;
  /** Does nothing where it has ended. */
  endSession(id: string): Promise<void>;
}

export interface OAuthGrants {
  /** Replaces the credential's refresh token. */
  saveRefreshToken(credentialId: string, token: string): Promise<void>;
  /** Null where there is none. @throws {SealError} when it does not open */
  refreshToken(credentialId: string): Promise<string | null>;
  /**
   * Runs `work` while no other gateway runs one for the same credential. Who waited reads the refresh token
   * inside `work`, for the one before may have replaced it.
   *
   * @throws {StoreUnavailableError} when its turn does not come within 30 seconds
   */
  withRefreshLock<T>(credentialId: string, work: () => Promise<T>): Promise<T>;
  saveState(state: OAuthState): Promise<void>;
  /** Hands a state out once: the first to ask gets it, everyone after null, as does who comes too late. */
  takeState(state: string): Promise<OAuthState | null>;
}
