export type ApiKeyRole = 'READER' | 'ADMIN';

/** A key that a caller shows; the store knows its SHA-256 only. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyRole;
  /** The credentials it names. Empty means none, never all: what an ADMIN may use is not decided here. */
  readonly credentialIds: readonly string[];
  readonly dateCreated: Date;
  /** Null: it does not expire. An expired key is still found, so that the caller can be told why it fails. */
  readonly dateExpires: Date | null;
  readonly dateLastUsed: Date | null;
}

export interface NewApiKey {
  /** 1 to 64 characters; need not be unique. */
  name: string;
  role: ApiKeyRole;
  /** SHA-256 of the token, 64 hex digits. */
  tokenHash: string;
  credentialIds: readonly string[];
  dateExpires: Date | null;
}
