import { ConfigError } from '../config.ts';
import { explainStoreError } from '../credentials/explain-store-error.ts';
import {
  EncryptionKeysInvalidError,
  SchemaTooNewError,
  StoreUnavailableError,
} from '../credentials/store-errors.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { redact } from '../log.ts';
import { TwilioResponseError } from '../twilio-error.ts';

/** What a command says when it fails. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** The option or operand it is about. */
  readonly argument: string | null;
  readonly exitCode: 1 | 2 | 130;
}

/** A command that cannot do what it was asked to, for a reason the rest of the program has no error for. */
export class CommandError extends Error implements Failure {
  override readonly name: string = 'CommandError';
  readonly code: string;
  readonly argument: string | null;
  readonly exitCode: Failure['exitCode'] = 1;

  constructor(code: string, message: string, argument: string | null = null) {
    super(message);
    this.code = code;
    this.argument = argument;
  }
}

/** The command line itself is wrong: the usage of the command follows. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;

  constructor(message: string, argument: string | null = null) {
    super('USAGE', message, argument);
  }
}

/** Somebody pressed Ctrl-C. */
export class InterruptedError extends CommandError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = 130;

  constructor() {
    super('INTERRUPTED', 'Interrupted; nothing was changed.');
  }
}

/** The option that gives what the rest of the program calls so. */
const OPTIONS: Readonly<Record<string, string>> = {
  accountSid: '--account-sid',
  clientId: '--client-id',
  dateExpires: '--expires',
  name: '--name',
  nickname: '--nickname',
};

/** Says what went wrong, whatever it was; never with a stack. */
export function describeFailure(thrown: unknown): Failure {
  // Closing failed as well: what failed first is what people can do something about.
  if (thrown instanceof SuppressedError) return describeFailure(thrown.suppressed);
  // The store's own words say more than those made for a caller who cannot see the machine.
  if (thrown instanceof StoreUnavailableError) {
    return failure(
      'STORE_UNAVAILABLE',
      `${thrown.message} Nothing was changed. ${thrown.advice ?? 'Check DATABASE_URL or DATABASE_FILE, and try again.'}`,
    );
  }
  const error = explainStoreError(thrown);
  if (error instanceof CommandError) {
    // An Error's message is lost where its fields are copied.
    return { code: error.code, message: error.message, argument: error.argument, exitCode: error.exitCode };
  }
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
    return failure('TWILIO_INVALID_RESPONSE', `Twilio's answer could not be read: ${error.message}.`);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return failure(
      'REQUEST_TIMEOUT',
      'Twilio did not answer in time. Try again, or raise REQUEST_TIMEOUT_MS.',
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return failure('INTERNAL_SERVER_ERROR', `This failed unexpectedly: ${redact(message)}`);
}

function failure(code: string, message: string, argument: string | null = null): Failure {
  return { code, message, argument, exitCode: 1 };
}
