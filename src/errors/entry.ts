import type { TwilioError } from '../twilio/errors.ts';

/** How a request ended, as a metric label: worst first. */
export const OUTCOMES = [
  'internal',
  'upstream',
  'timeout',
  'store',
  'limited',
  'credential',
  'caller',
  'input',
  'aborted',
  'ok',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** The path of the rejected value in the request, e.g. `filter.dateSent.until`. */
export type ArgumentPath = string;

/** The parts of an error besides its code. */
export interface ErrorParts extends ErrorOptions {
  /** Says what was wrong and what to do. */
  readonly message: string;
  /** Added to `extensions`, next to the code. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** HTTP response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** HTTP status, if it differs from the entry's. */
  readonly status?: number;
}

/** Everything about one error code. */
export interface ErrorEntry {
  /** HTTP status of a GraphQL or plain response that is this error and has no data. */
  readonly status: number;
  /**
   * The status holds for clients that accept `application/graphql-response+json`; all others get 200.
   *
   * @see https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
   */
  readonly strictOnly?: boolean;
  /** HTTP status of an HTML page that shows this error. @default `status` */
  readonly pageStatus?: number;
  readonly outcome: Exclude<Outcome, 'ok'>;
  /** When the error occurs. Markdown, for docs/errors.md. */
  readonly when: string;
  /** What its reader can do. Markdown, for docs/errors.md. */
  readonly action: string;
  /** Names of extensions that `build` does not set. */
  readonly extensions?: readonly string[];
  /** Returns the message or more parts. Absent for an error that a library creates. */
  readonly build?: (...args: never[]) => string | ErrorParts;
}

type Response = Pick<ErrorEntry, 'status' | 'strictOnly' | 'pageStatus' | 'outcome'>;

/** An error of the whole request, with the same status for every client. */
export const rejected = (status: number, outcome: Response['outcome'] = 'input'): Response => ({
  status,
  outcome,
});

/** An error of a request that GraphQL rejects before it is executed. */
export const invalid = (outcome: Response['outcome'] = 'input'): Response => ({
  status: 400,
  strictOnly: true,
  outcome,
});

/** An error of one field; the response also has data. */
export const field = (pageStatus: number, outcome: Response['outcome']): Response => ({
  status: 200,
  pageStatus,
  outcome,
});

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
