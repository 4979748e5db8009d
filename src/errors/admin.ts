import { GatewayError, quote } from './gateway-error.ts';

/** NICKNAME_TAKEN: another credential has this nickname. */
export class NicknameConflictError extends GatewayError {
  constructor(nickname: string) {
    super(
      'NICKNAME_TAKEN',
      `Another credential has the nickname ${quote(nickname)}. Choose another nickname.`,
      {
        extensions: { argument: 'nickname' },
      },
    );
  }
}

/** NOT_FOUND: no object has this id. */
export class IdUnknownError extends GatewayError {
  constructor(noun: string) {
    super('NOT_FOUND', `There is no ${noun} with this id. It may have been removed.`, {
      extensions: { argument: 'id' },
    });
  }
}

/** READ_ONLY: the credential comes from the settings. */
export class SettingsOnlyError extends GatewayError {
  constructor(message: string) {
    super('READ_ONLY', message);
  }
}

/** ACCOUNT_MISMATCH: the credential's token is for another account than the given one. */
export class AccountMismatchError extends GatewayError {
  constructor(given: string, actual: string) {
    super(
      'ACCOUNT_MISMATCH',
      `This OAuth app belongs to account ${actual}, not to ${given}. Omit accountSid, or use an app of ${given}.`,
      { extensions: { argument: 'accountSid', accountSid: actual } },
    );
  }
}

/** ENCRYPTION_KEY_MISSING: storing a secret needs a key to seal it. */
export class EncryptionKeyError extends GatewayError {
  constructor(message: string) {
    super('ENCRYPTION_KEY_MISSING', message);
  }
}

/** SECRET_UNREADABLE: a stored secret cannot be decrypted. */
export class SecretUnreadableError extends GatewayError {
  constructor(message: string) {
    super('SECRET_UNREADABLE', message);
  }
}

/** STORE_UNAVAILABLE: the database cannot be changed; cached credentials still work. */
export class StoreAwayError extends GatewayError {
  /** @param advice what to do before trying again. @default only to try again later */
  constructor(advice?: string) {
    super(
      'STORE_UNAVAILABLE',
      advice
        ? `The credential store cannot be changed now. Nothing was changed. ${advice}`
        : 'The credential store cannot be reached. Nothing was changed; try again later.',
    );
  }
}
