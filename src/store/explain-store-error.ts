import { gatewayError } from '../errors/gateway-error.ts';
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
  if (error instanceof NicknameTakenError) return gatewayError('NICKNAME_TAKEN', error.nickname);
  if (error instanceof NotFoundError) return gatewayError('NOT_FOUND', error.noun);
  if (error instanceof InvalidValueError) return gatewayError('BAD_USER_INPUT', error.message, error.field);
  if (error instanceof ReadOnlyError) return gatewayError('READ_ONLY', error.message);
  if (error instanceof EncryptionKeyMissingError)
    return gatewayError('ENCRYPTION_KEY_MISSING', error.message);
  if (error instanceof SealError) return gatewayError('SECRET_UNREADABLE', error.message);
  if (error instanceof StoreUnavailableError) return gatewayError('STORE_UNAVAILABLE', error.advice);
  return error;
}
