import type { TwilioError } from '../twilio-error.ts';
import type { ErrorCode } from './catalogue.ts';

/** Longer than any message of the gateway itself. */
const MAX_CHARACTERS = 600;

/** Removes the middle of a long text: messages of graphql-js begin with their subject and end with the reason. */
export function shorten(text: string, maxCharacters = MAX_CHARACTERS): string {
  const half = Math.floor(maxCharacters / 2);
  return text.length <= maxCharacters ? text : `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** The path of the rejected value in the request, e.g. `filter.dateSent.until`. */
export type ArgumentPath = string;

export interface GatewayErrorOptions extends ErrorOptions {
  /** Added to `extensions`, next to the code. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** HTTP response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** HTTP status, if it differs from the catalogue's. */
  readonly status?: number;
}

/**
 * An error the client may see. Its code is in the catalogue, which also has its HTTP status; its message says what was
 * wrong and what to do. Any error other than a GatewayError or graphql-js's own is masked.
 */
export abstract class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { extensions, headers = {}, status, ...options }: GatewayErrorOptions = {},
  ) {
    super(shorten(message), options);
    this.name = new.target.name;
    this.code = code;
    this.extensions = { code, ...extensions };
    this.headers = headers;
    this.status = status;
  }
}

const MAX_QUOTED = 64;

/** Quotes a name in a message, truncated to the maximum length of names. */
export function quote(name: string): string {
  return JSON.stringify(name.length > MAX_QUOTED ? `${name.slice(0, MAX_QUOTED)}…` : name);
}

/** Returns the details of Twilio's error, for `extensions.twilio`. */
export function twilioDetails(cause: TwilioError | undefined): Record<string, unknown> {
  if (!cause) return {};
  const { code, status, moreInfo, requestId } = cause;
  return { twilio: { code, status, moreInfo, requestId } };
}
