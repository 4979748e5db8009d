import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { shorten } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import { gatewayErrorOf } from '../schema/graphql-error.ts';

/** An error for the client, with its HTTP status and headers. */
export interface ClientError {
  readonly formatted: GraphQLFormattedError;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the catalogue's: 405 for a mutation by GET. */
  readonly status?: number | undefined;
  readonly strictOnly?: boolean | undefined;
}

export interface FinishOptions {
  /** Beside data all errors are kept: each says why something is null. Otherwise only the first 4 KiB are. */
  readonly hasData: boolean;
  /** Whether messages keep "Did you mean …". */
  readonly suggestions: boolean;
  readonly log: Pick<Logger, 'error'>;
}

/** Yoga's notes for HTTP. `spec`: the status is only for clients that accept application/graphql-response+json. */
interface HttpHint {
  readonly status?: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_BYTES = 4 * 1024;
/** One error may be about many fields. */
const MAX_LOCATIONS = 5;
const MAX_CHARACTERS = 200;

/** graphql-js's message about a variable's value; it repeats the value. */
const IN_VARIABLE = /^Variable "\$(\w+)" (?:got invalid value .*? at "\1([^"]*)"|got invalid value)/s;

/** Makes errors ready for a client: masked, with a code, shortened, and without Yoga's notes for HTTP. */
export function finishErrors(errors: readonly unknown[], options: FinishOptions): ClientError[] {
  const finished = errors.map((error) => finishError(error, options));
  if (options.hasData) return finished;
  let bytes = 0;
  return finished.filter(({ formatted }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(formatted));
    return index === 0 || bytes <= MAX_BYTES;
  });
}

function finishError(error: unknown, { hasData, suggestions, log }: FinishOptions): ClientError {
  const { message, locations, path, extensions = {} } = maskError(error, log);
  const { http, ...others } = extensions as { http?: HttpHint };
  const cause = gatewayErrorOf(error);
  return {
    formatted: {
      message: shorten(suggestions ? message : withoutSuggestion(message)),
      ...(locations && { locations: locations.slice(0, MAX_LOCATIONS) }),
      ...(path && { path: hasData ? path : path.map(shortenText) }),
      // graphql-js sets no code where a variable has the wrong type.
      extensions: { code: 'BAD_USER_INPUT', ...mapValues(others, shortenText) },
    },
    headers: cause?.headers ?? http?.headers ?? {},
    status: cause?.status ?? http?.status,
    strictOnly: http?.spec,
  };
}

/**
 * Lets through errors that are meant for clients: gateway errors, and graphql-js's own about the request. Any other is
 * logged and replaced by a fixed message.
 */
export function maskError(error: unknown, log: Pick<Logger, 'error'>): GraphQLFormattedError {
  const formatted = error instanceof GraphQLError ? error.toJSON() : undefined;
  const cause = gatewayErrorOf(error);
  if (cause) {
    const { message, extensions } = cause;
    const [isInVariable, name = '', place = ''] = IN_VARIABLE.exec(formatted?.message ?? '') ?? [];
    if (!isInVariable) return formatted ?? { message, extensions };
    // The rejected value may be a phone number.
    const argument = name + place;
    return {
      ...formatted,
      message: `Variable "$${argument}": ${message}`,
      extensions: { ...extensions, argument },
    };
  }
  if (formatted && isOfGraphQL(error)) return formatted;
  log.error({ err: error }, 'unexpected error');
  return {
    ...formatted,
    message: 'The gateway failed unexpectedly. The request id finds the cause in its log.',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}

function isOfGraphQL(error: unknown): boolean {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause instanceof GraphQLError;
}

/** graphql-js ends its sentences with similar names: fields, types, arguments, enum values. */
function withoutSuggestion(message: string): string {
  const start = message.indexOf(' Did you mean ');
  return start >= 0 && message.endsWith('?') ? message.slice(0, start) : message;
}

function shortenText<T>(value: T): T | string {
  return typeof value === 'string' ? shorten(value, MAX_CHARACTERS) : value;
}

function mapValues(values: object, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
