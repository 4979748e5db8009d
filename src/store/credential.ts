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
