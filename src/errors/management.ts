import { GatewayError, quote } from './gateway-error.ts';

/** NICKNAME_TAKEN: another credential has this nickname. */
export class NicknameConflictError extends GatewayError {
  constructor(nickname: string) {
    super('NICKNAME_TAKEN', `Another credential is called ${quote(nickname)}. Choose another nickname.`, {
      extensions: { argument: 'nickname' },
    });
  }
}

/** NOT_FOUND: the id names nothing that is there. */
export class IdUnknownError extends GatewayError {
  constructor(noun: string) {
    super('NOT_FOUND', `There is no ${noun} with this id. It may have been removed; list them again.`, {
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

/** ACCOUNT_MISMATCH: the credential's token is for another account than was said. */
export class AccountMismatchError extends GatewayError {
  constructor(said: string, actual: string) {
    super(
      'ACCOUNT_MISMATCH',
      `This OAuth app belongs to account ${actual}, not to ${said}. Leave accountSid out, or use the app of ${said}.`,
      { extensions: { argument: 'accountSid', accountSid: actual } },
    );
  }
}

/** ENCRYPTION_KEY_MISSING: a secret would have to be stored and there is no key to seal it with. */
export class EncryptionKeyError extends GatewayError {
  constructor(message: string) {
    super('ENCRYPTION_KEY_MISSING', message);
  }
}

/** SECRET_UNREADABLE: a stored secret does not open. */
export class SecretUnreadableError extends GatewayError {
  constructor(message: string) {
    super('SECRET_UNREADABLE', message);
  }
}

/** STORE_UNAVAILABLE: the database cannot take a change; what is known already goes on being served. */
export class StoreAwayError extends GatewayError {
  /** @param advice what to do first, where trying again later is not enough */
  constructor(advice?: string) {
    super(
      'STORE_UNAVAILABLE',
      advice
        ? `The credential store cannot be changed now. Nothing was changed. ${advice}`
        : 'The credential store cannot be reached, so nothing can be changed now. Nothing was changed; try again later.',
    );
  }
}
