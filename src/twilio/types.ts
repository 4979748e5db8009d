import type { RequestTrace } from '../telemetry/telemetry.ts';
import type { Endpoint, SidParams } from './resource.ts';

/**
 * The subset of `fetch` that upstream requests are sent through. It resolves once the body is complete, so that a body
 * that breaks off is a failed attempt like any other; a failed attempt is a TypeError.
 */
export type UpstreamFetch = (input: string | URL | Request, init?: UpstreamInit) => Promise<Response>;

export interface UpstreamInit extends RequestInit {
  /** See {@link ReadScope}. */
  readonly flow?: string | undefined;
}

/** Runs `work` now or soon, in the turn of its flow; the event loop's scheduler decides. */
export type Schedule = (work: () => void, flow?: string) => void;

/** What is read, fixed before the first attempt. */
export interface ReadRequest {
  readonly endpoint: Endpoint;
  readonly params: SidParams;
  /** Path and query, e.g. `/2010-04-01/Accounts.json?PageSize=50`. */
  readonly path: string;
  /** The account in the path; the credential's own where the path names none. */
  readonly accountSid: string;
  /** Whether that is the credential's own. A rejection for another account is not the token's fault. */
  readonly ownAccount: boolean;
  /** A page so large that a 500 is better followed by a smaller page than by the same again. */
  readonly largePage: boolean;
  /** Set by the access token layer. */
  readonly token?: string;
}

/** Who waits for a read, and how. */
export interface ReadScope {
  /** Aborts when the client goes away or the request's deadline passes. */
  readonly signal: AbortSignal;
  /** When it passes, by `performance.now()`. @default never */
  readonly deadline?: number | undefined;
  /** Whether a cached response will not do, as `Cache-Control: no-cache` asks. @default false */
  readonly noCache?: boolean | undefined;
  /** How old a response may be where Twilio cannot be asked, in milliseconds. @default 0 */
  readonly staleIfErrorMs?: number | undefined;
  /** Sent along as `X-Request-Id`, so that a proxy on the way to Twilio can be asked about this request. */
  readonly requestId?: string | undefined;
  /** Whose turn the gateway takes to go on with a response: the principal. */
  readonly flow?: string | undefined;
  /** Where the request is traced. */
  readonly trace?: RequestTrace | undefined;
  /** Pays for each call. @default no limit */
  readonly budget?: CallBudget | undefined;
  /** Whether a read goes on that has begun, with a smaller page. @default false */
  readonly continues?: boolean | undefined;
}

/** The calls to Twilio that one operation may make under one credential; retries do not count. */
export interface CallBudget {
  /** Pays for a call that begins a read. @throws {CallBudgetError} when none is left */
  spend(): void;
  /** Counts a call that goes on with a read that has begun: that one is not given up half-way. */
  overdraw(): void;
}

/** Where a read came from: the cache, an expired entry of it, another request's call, or a call of its own. */
export type ReadOrigin = 'upstream' | 'shared' | 'cache' | 'stale';

export interface ReadResult {
  readonly text: string;
  readonly json: unknown;
  readonly origin: ReadOrigin;
  /** For how long it may be cached, in milliseconds; 0 is not at all. */
  readonly ttlMs: number;
  /** How old it is, in milliseconds. Only a stale one is older than 0. */
  readonly ageMs: number;
}

/**
 * Reads from Twilio.
 *
 * @throws {TwilioError} when Twilio rejects the call or cannot be reached
 * @throws {TwilioResponseError} when the response is not what Twilio's API promises
 * @throws {CallBudgetError} when the scope's budget is spent
 * @throws the signal's reason when it is aborted
 */
export type Transport = (request: ReadRequest, scope: ReadScope) => Promise<ReadResult>;

/** The scope's budget of calls is spent. */
export class CallBudgetError extends Error {
  override readonly name = 'CallBudgetError';
  readonly limit: number;

  constructor(limit: number) {
    super(`No more than ${limit} calls to Twilio are allowed.`);
    this.limit = limit;
  }
}
