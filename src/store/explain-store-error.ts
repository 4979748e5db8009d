import {
  EncryptionKeyError,
  IdUnknownError,
  NicknameConflictError,
  SecretUnreadableError,
  SettingsOnlyError,
  StoreAwayError,
} from '../errors/admin.ts';
import { BadUserInputError } from '../errors/input.ts';
import {
  EncryptionKeyMissingError,
  InvalidValueError,
  NicknameTakenError,
  NotFoundError,
  ReadOnlyError,
  SealError,
  StoreUnavailableError,
} from './store-errors.ts';

/** Maps an error of the store to one for clients; returns any other error unchanged. */
export function explainStoreError(error: unknown): unknown {
  if (error instanceof NicknameTakenError) return new NicknameConflictError(error.nickname);
  if (error instanceof NotFoundError) return new IdUnknownError(error.noun);
  if (error instanceof InvalidValueError)
    return new BadUserInputError(error.message, { argument: error.field });
  if (error instanceof ReadOnlyError) return new SettingsOnlyError(error.message);
  if (error instanceof EncryptionKeyMissingError) return new EncryptionKeyError(error.message);
  if (error instanceof SealError) return new SecretUnreadableError(error.message);
  if (error instanceof StoreUnavailableError) return new StoreAwayError(error.advice);
  return error;
}
