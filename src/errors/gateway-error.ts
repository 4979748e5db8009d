import { ERRORS, type ErrorCode } from './catalogue.ts';
import type { ErrorParts } from './entry.ts';

/** Longer than any message of the gateway itself. */
const MAX_CHARACTERS = 600;

/** Removes the middle of a long text: messages of graphql-js begin with their subject and end with the reason. */
export function shorten(text: string, maxCharacters = MAX_CHARACTERS): string {
  const half = Math.floor(maxCharacters / 2);
  return text.length <= maxCharacters ? text : `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** An error the client may see. Any error other than a GatewayError or graphql-js's own is masked. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly extensions: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
  /** HTTP status, if it differs from the catalogue's. */
  readonly status: number | undefined;

  constructor(code: ErrorCode, { message, extensions, headers = {}, status, ...options }: ErrorParts) {
    super(shorten(message), options);
    this.code = code;
    this.extensions = { code, ...extensions };
    this.headers = headers;
    this.status = status;
  }
}

/** Codes of errors that the gateway creates itself, with the arguments of each. */
type Arguments = {
  [C in ErrorCode as (typeof ERRORS)[C] extends { build: unknown } ? C : never]: (typeof ERRORS)[C] extends {
    build: (...args: infer A) => unknown;
  }
    ? A
    : never;
};

/** Creates an error from its entry in the catalogue: `throw gatewayError('FORBIDDEN', actor.name)`. */
export function gatewayError<C extends keyof Arguments>(code: C, ...args: Arguments[C]): GatewayError {
  const build = ERRORS[code].build as (...args: Arguments[C]) => string | ErrorParts;
  const parts = build(...args);
  return new GatewayError(code, typeof parts === 'string' ? { message: parts } : parts);
}
