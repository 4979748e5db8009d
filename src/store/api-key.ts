export type ApiKeyRole = 'READER' | 'ADMIN';

/** An API key. The store has only the SHA-256 of its token. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyRole;
  /** The credentials it may use. Empty means none; an ADMIN key's access to all is decided elsewhere. */
  readonly credentialIds: readonly string[];
  readonly dateCreated: Date;
  /** Null when it does not expire. An expired key is still found, so that the error can say so. */
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
