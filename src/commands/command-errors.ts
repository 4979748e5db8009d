import { ConfigError } from '../config/config.ts';
import { EncryptionKeysInvalidError } from '../config/encryption-keys.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { redact } from '../log.ts';
import { explainStoreError, SchemaTooNewError, StoreUnavailableError } from '../store/store-errors.ts';
import { TwilioResponseError } from '../twilio/errors.ts';

/** The output of a failed command. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** The option or operand that the message is about. */
  readonly argument: string | null;
  /** 1 failure, 2 invalid arguments, 130 interrupted. */
  readonly exitCode: 1 | 2 | 130;
}

/** A failure that only the command line has. */
export class CommandError extends Error implements Failure {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly argument: string | null;
  readonly exitCode: Failure['exitCode'];

  constructor(
    code: string,
    message: string,
    argument: string | null = null,
    exitCode: Failure['exitCode'] = 1,
  ) {
    super(message);
    this.code = code;
    this.argument = argument;
    this.exitCode = exitCode;
  }
}

/** Creates an error about invalid arguments; the command's usage follows the message. */
export function usageError(message: string, argument: string | null = null): CommandError {
  return new CommandError('USAGE', message, argument, 2);
}

/** Options by the names of their arguments in the GraphQL API. */
const OPTIONS: Readonly<Record<string, string>> = {
  accountSid: '--account-sid',
  apiKeyIds: '--key',
  clientId: '--client-id',
  dateExpires: '--expires',
  name: '--name',
  nickname: '--nickname',
};

/** Maps any error to the output of a failed command, without a stack trace. */
export function describeFailure(thrown: unknown): Failure {
  // Closing failed too, but the first error is the useful one.
  if (thrown instanceof SuppressedError) return describeFailure(thrown.suppressed);
  // The store's message says more than the one for clients, which cannot see this machine.
  if (thrown instanceof StoreUnavailableError) {
    return failure(
      'STORE_UNAVAILABLE',
      `${thrown.message} Nothing was changed. ${thrown.advice ?? 'Check DATABASE_URL or DATABASE_FILE, and try again.'}`,
    );
  }
  const error = explainStoreError(thrown);
  if (error instanceof CommandError) return error;
  if (error instanceof GatewayError) {
    const { code, argument } = error.extensions;
    const name = typeof argument === 'string' ? argument : null;
    return failure(String(code), error.message, name && (OPTIONS[name] ?? name));
  }
  if (error instanceof ConfigError || error instanceof EncryptionKeysInvalidError) {
    return failure('SETTINGS_INVALID', error.message);
  }
  if (error instanceof SchemaTooNewError) return failure('SCHEMA_TOO_NEW', error.message);
  if (error instanceof TwilioResponseError) {
    return failure('TWILIO_INVALID_RESPONSE', `Twilio's response is invalid: ${error.message}.`);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return failure(
      'REQUEST_TIMEOUT',
      'Twilio did not respond in time. Try again, or increase REQUEST_TIMEOUT_MS.',
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return failure('INTERNAL_SERVER_ERROR', `Unexpected error: ${redact(message)}`);
}

function failure(code: string, message: string, argument: string | null = null): Failure {
  return { code, message, argument, exitCode: 1 };
}
