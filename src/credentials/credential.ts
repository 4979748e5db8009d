/** The Twilio permissions an OAuth app needs for the gateway's reads. */

/** What was found when one permission was tried. */
export interface CredentialPermissionCheck {
  /** Its name in the schema, e.g. `MESSAGES_READ`. */
  readonly permission: string;
  readonly granted: boolean;
  readonly checkedAt: Date;
}

/** How the OAuth app gives access tokens: an account's app by its secret, an organization's by consent. */
export type CredentialKind = 'client_credentials' | 'authorization_code';

/** That Twilio no longer takes a credential's secret, and since when. */
export interface CredentialRefusal {
  readonly at: Date;
  /** Twilio's own error code, e.g. 322402; null where its answer carried none. */
  readonly code: number | null;
}

/** One Twilio OAuth app: it opens exactly the account it was made in. The secret stays in the store. */
export interface Credential {
  /** Opaque and lasting; survives a rename. */
  readonly id: string;
  /** Unique among all credentials without regard to case, 1 to 64 characters; what people call it. */
  readonly nickname: string;
  /** The one account this credential opens (AC…). */
  readonly accountSid: string;
  /** OQ… */
  readonly clientId: string;
  readonly kind: CredentialKind;
  /** Starts at 1 and grows with each rotation; tells an access token of the old secret from a new one. */
  readonly secretVersion: number;
  /** The last check of each permission; empty until one was made. */
  readonly permissions: readonly CredentialPermissionCheck[];
  /** Null while Twilio takes the secret, as far as is known. */
  readonly refused: CredentialRefusal | null;
  readonly dateCreated: Date;
  /** When it was last renamed or its secret rotated. */
  readonly dateUpdated: Date;
}

/** A credential to be added. The id is the store's to choose. */
export interface NewCredential {
  nickname: string;
  accountSid: string;
  clientId: string;
  clientSecret: string;
  /** @default 'client_credentials' */
  kind?: CredentialKind;
  /** What a check before the addition found. @default none */
  permissions?: readonly CredentialPermissionCheck[];
}
