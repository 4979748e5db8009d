/**
 * The database cannot be reached, does not answer in time, or refuses to serve. It is safe to ask again
 * later. The message never carries the connection string.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  /** What an operator has to do before it is of use to try again: a sentence without paths. */
  readonly advice: string | undefined;

  constructor(why: string, { advice, ...options }: ErrorOptions & { advice?: string | undefined } = {}) {
    super(`The credential store is not available: ${why}`, options);
    this.advice = advice;
  }
}

/** The advice where a disk is full. */
export const FREE_SPACE = 'Free space on the disk of the database, and try again.';

/** The database was written by a newer version of this program, which knows tables that this one does not. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';

  constructor(found: number, known: number) {
    super(
      `The credential store has schema version ${found} and this program knows only up to ${known}. Run the newer version of the gateway, or restore a backup from before its upgrade.`,
    );
  }
}

/** Another credential has this nickname; case does not tell two nicknames apart. */
export class NicknameTakenError extends Error {
  override readonly name = 'NicknameTakenError';
  readonly nickname: string;

  constructor(nickname: string) {
    super(`Another credential is called ${JSON.stringify(nickname)}. Choose another nickname.`);
    this.nickname = nickname;
  }
}

/** What an id can name in the store. */
export type StoredNoun = 'credential' | 'API key';

/** No such record: never there, or removed meanwhile. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly noun: StoredNoun;

  constructor(noun: StoredNoun, id: string) {
    super(`There is no ${noun} with the id ${id}.`);
    this.noun = noun;
  }
}

/** A value that can never be stored: empty, too long, or of the wrong form. Nothing was changed. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  readonly field: string;

  constructor(field: string, why: string) {
    super(`${field} ${why}.`);
    this.field = field;
  }
}

/** Secrets are to be stored or read, and there is no key to seal them with. */
export class EncryptionKeyMissingError extends Error {
  override readonly name = 'EncryptionKeyMissingError';

  constructor() {
    super(
      'There is no key to seal secrets with. Set GATEWAY_ENCRYPTION_KEYS to 32 random bytes in base64, e.g. from: openssl rand -base64 32',
    );
  }
}

/** The text with the encryption keys cannot be used. Says which key, never what it is. */
export class EncryptionKeysInvalidError extends Error {
  override readonly name = 'EncryptionKeysInvalidError';
}

/** Why a sealed value does not open. */
export type SealErrorReason = 'tampered' | 'unknown-key' | 'malformed';

const SEAL_REASONS: Record<SealErrorReason, string> = {
  tampered:
    'was changed in the database or belongs to another record. Restore it from a backup, or store the secret anew',
  'unknown-key':
    'was sealed with a key that is not among GATEWAY_ENCRYPTION_KEYS. Add that key again, behind the first',
  malformed: 'is not in the form this program writes. Restore it from a backup, or store the secret anew',
};

/** Client secrets in the database were sealed with keys that are not here: the credentials cannot be used. */
export class WrongEncryptionKeyError extends Error {
  override readonly name = 'WrongEncryptionKeyError';

  constructor(unreadable: number, stored: number) {
    super(
      `${unreadable} of ${stored} stored client secrets were sealed with a key that is not in GATEWAY_ENCRYPTION_KEYS. Add that key again, behind the first, and restart the gateway.`,
    );
  }
}

/** A sealed value does not open: it is not what this program wrote for that very record. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly reason: SealErrorReason;

  /** @param what the record's purpose and id, e.g. `client-secret of 3f…` */
  constructor(reason: SealErrorReason, what: string) {
    super(`The sealed ${what} ${SEAL_REASONS[reason]}.`);
    this.reason = reason;
  }
}

/** What comes from the settings cannot be changed here, and nothing can be kept without a store. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';

  constructor() {
    super('This comes from the settings. Change the environment variables and start the gateway again.');
  }
}
