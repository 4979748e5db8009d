import type { RequestTrace } from '../telemetry/telemetry.ts';
import type { Endpoint, SidParams } from './resource.ts';

/**
 * The subset of `fetch` used for upstream requests. It resolves when the body is complete, and throws a TypeError for any
 * network failure, including an incomplete body.
 */
export type UpstreamFetch = (input: string | URL | Request, init?: UpstreamInit) => Promise<Response>;

export interface UpstreamInit extends RequestInit {
  /** See {@link ReadScope}. */
  readonly flow?: string | undefined;
}

/** Runs `work` now or soon, in the turn of its flow; the event loop's scheduler decides. */
export type Schedule = (work: () => void, flow?: string) => void;

/** One read, the same for all of its attempts. */
export interface ReadRequest {
  readonly endpoint: Endpoint;
  readonly params: SidParams;
  /** Path and query, e.g. `/2010-04-01/Accounts.json?PageSize=50`. */
  readonly path: string;
  /** The account in the path; the credential's own where the path names none. */
  readonly accountSid: string;
  /** Whether that is the credential's own account. A rejection for another account does not make the token invalid. */
  readonly ownAccount: boolean;
  /** Whether a page is so large that after a 500 a smaller page is requested instead of a retry. */
  readonly largePage: boolean;
  /** Set by the access token layer. */
  readonly token?: string;
}

/** The options of a read that come from the GraphQL request. */
export interface ReadScope {
  /** Aborts when the client disconnects or the request's deadline passes. */
  readonly signal: AbortSignal;
  /** The request's deadline, by `performance.now()`. @default never */
  readonly deadline?: number | undefined;
  /** Whether to bypass the cache, as with `Cache-Control: no-cache`. @default false */
  readonly noCache?: boolean | undefined;
  /** Maximum age of an expired response that is served if Twilio is unavailable, in milliseconds. @default 0 */
  readonly staleIfErrorMs?: number | undefined;
  /** Sent as `X-Request-Id`, so that the request can be found in the log of a proxy. */
  readonly requestId?: string | undefined;
  /** The scheduler's flow for responses: the principal. */
  readonly flow?: string | undefined;
  /** The trace of the request, if it is traced. */
  readonly trace?: RequestTrace | undefined;
  /** The budget for calls. @default no limit */
  readonly budget?: CallBudget | undefined;
  /** Whether this call continues a read with a smaller page. @default false */
  readonly continues?: boolean | undefined;
  /** Whether the read waits behind those that somebody waits for. @default false */
  readonly background?: boolean | undefined;
}

/** Limits the calls to Twilio of one operation under one credential; retries do not count. */
export interface CallBudget {
  /**
   * Counts a call. One that continues a read has no limit: a started read is not abandoned.
   *
   * @throws {CallBudgetError} when the budget is spent
   */
  spend(continues: boolean): void;
}

/** The origin of a response: its own call, a call shared with another read, the cache, or an expired cache entry. */
export type ReadOrigin = 'upstream' | 'shared' | 'cache' | 'stale';

export interface ReadResult {
  readonly text: string;
  readonly json: unknown;
  readonly origin: ReadOrigin;
  /** How long it may be cached, in milliseconds; 0 disables caching. */
  readonly ttlMs: number;
  /** Its age in milliseconds; more than 0 only for a stale response. */
  readonly ageMs: number;
}

/**
 * Reads from Twilio.
 *
 * @throws {TwilioError} when Twilio rejects the call or cannot be reached
 * @throws {TwilioResponseError} when the response does not match Twilio's API
 * @throws {CallBudgetError} when the scope's budget is spent
 * @throws the signal's reason when it is aborted
 */
export type Transport = (request: ReadRequest, scope: ReadScope) => Promise<ReadResult>;
