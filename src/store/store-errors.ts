import { gatewayError } from '../errors/gateway-error.ts';

/**
 * The database is unreachable, too slow, or reports that it is unavailable. Retrying later is safe. The message
 * never contains the connection string.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  /** What an operator must do before a retry can succeed: a sentence without paths. */
  readonly advice: string | undefined;

  constructor(why: string, { advice, ...options }: ErrorOptions & { advice?: string | undefined } = {}) {
    super(`The database is not available: ${why}`, options);
    this.advice = advice;
  }
}

/** Advice for a full disk. */
export const FREE_SPACE = 'Free space on the disk of the database, and try again.';

/** The database was migrated by a newer version of this program. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';

  constructor(found: number, known: number) {
    super(
      `The database has schema version ${found}, but this program supports versions up to ${known}. Run the newer version of the gateway, or restore a backup from before the upgrade.`,
    );
  }
}

/** Another credential has this nickname (case-insensitive). */
export class NicknameTakenError extends Error {
  override readonly name = 'NicknameTakenError';
  readonly nickname: string;

  constructor(nickname: string) {
    super(`Another credential has the nickname ${JSON.stringify(nickname)}. Choose another nickname.`);
    this.nickname = nickname;
  }
}

/** The kinds of record that have an id. */
export type StoredNoun = 'credential' | 'API key' | 'published document';

/** The record does not exist, or was removed meanwhile. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly noun: StoredNoun;

  constructor(noun: StoredNoun, id: string) {
    super(`No ${noun} has the id ${id}.`);
    this.noun = noun;
  }
}

/** Another document was published under this id. Nothing was changed. */
export class DocumentConflictError extends Error {
  override readonly name = 'DocumentConflictError';
  readonly documentId: string;

  constructor(documentId: string) {
    super(`Another document has the id ${documentId}.`);
    this.documentId = documentId;
  }
}

export type PublishedMeasure = 'documents' | 'bytes' | 'keys';

/** There would be too many documents, too much text, or too many keys. Nothing was changed. */
export class DocumentsFullError extends Error {
  override readonly name = 'DocumentsFullError';
  readonly measure: PublishedMeasure;
  readonly limit: number;

  constructor(measure: PublishedMeasure, limit: number) {
    super(`The published documents may have ${limit} ${measure} together.`);
    this.measure = measure;
    this.limit = limit;
  }
}

/** The value is empty, too long or malformed. Nothing was changed. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  readonly field: string;

  constructor(field: string, why: string) {
    super(`${field} ${why}.`);
    this.field = field;
  }
}

/** A secret must be sealed or opened, but no encryption key is set. */
export class EncryptionKeyMissingError extends Error {
  override readonly name = 'EncryptionKeyMissingError';

  constructor() {
    super(
      'No encryption key is set. Set GATEWAY_ENCRYPTION_KEYS to 32 random bytes in base64, e.g. from: openssl rand -base64 32',
    );
  }
}

/** The reason a sealed value does not open. */
export type SealErrorReason = 'tampered' | 'unknown-key' | 'malformed';

const SEAL_REASONS: Record<SealErrorReason, string> = {
  tampered:
    'was altered in the database or belongs to another record. Restore it from a backup, or store the secret again',
  'unknown-key':
    'was sealed with a key that is not in GATEWAY_ENCRYPTION_KEYS. Add that key after the first one',
  malformed: 'is malformed. Restore it from a backup, or store the secret again',
};

/** Client secrets in the database were sealed with unknown keys, so their credentials cannot be used. */
export class WrongEncryptionKeyError extends Error {
  override readonly name = 'WrongEncryptionKeyError';

  constructor(unreadable: number, stored: number) {
    super(
      `${unreadable} of ${stored} stored client secrets were sealed with a key that is not in GATEWAY_ENCRYPTION_KEYS. Add that key after the first one, and restart the gateway.`,
    );
  }
}

/** A sealed value does not open: this program did not write it for this record. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly reason: SealErrorReason;

  /** @param what the record's purpose and id, e.g. `client-secret of 3f…` */
  constructor(reason: SealErrorReason, what: string) {
    super(`The sealed ${what} ${SEAL_REASONS[reason]}.`);
    this.reason = reason;
  }
}

/** A credential from the settings is read-only, and without a store nothing can be saved. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError';

  constructor() {
    super('This comes from the settings. Change the environment variables and restart the gateway.');
  }
}

/** Maps an error of the store to one for clients; returns any other error unchanged. */
export function explainStoreError(error: unknown): unknown {
  if (error instanceof NicknameTakenError) return gatewayError('NICKNAME_TAKEN', error.nickname);
  if (error instanceof NotFoundError) return gatewayError('NOT_FOUND', error.noun);
  if (error instanceof DocumentConflictError) return gatewayError('DOCUMENT_ID_TAKEN', error.documentId);
  if (error instanceof DocumentsFullError)
    return gatewayError('TOO_MANY_DOCUMENTS', error.measure, error.limit);
  if (error instanceof InvalidValueError) return gatewayError('BAD_USER_INPUT', error.message, error.field);
  if (error instanceof ReadOnlyError) return gatewayError('READ_ONLY', error.message);
  if (error instanceof EncryptionKeyMissingError)
    return gatewayError('ENCRYPTION_KEY_MISSING', error.message);
  if (error instanceof SealError) return gatewayError('SECRET_UNREADABLE', error.message);
  if (error instanceof StoreUnavailableError) return gatewayError('STORE_UNAVAILABLE', error.advice);
  return error;
}
