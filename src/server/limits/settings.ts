/** How much one query, one caller and all of them may take. README.md, "Settings", has the words. */
export interface LimitSettings {
  /** Of a query's cost, before it is executed: calls to Twilio, and messages and accounts. */
  readonly maxQueryCalls: number;
  readonly maxQueryRows: number;
  /** Of a query's cost too: rows times the fields selected of each, aliases included. */
  readonly maxQueryValues: number;
  /** Calls to Twilio that one operation may really make under one credential. */
  readonly maxUpstreamCalls: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Once fragments are written out. */
  readonly maxFields: number;
  readonly maxTokens: number;
  readonly maxBodyBytes: number;
  /** Variables as JSON; and `extensions`. */
  readonly maxVariablesBytes: number;
  /** Items of one list, in variables and in the query's text. */
  readonly maxListItems: number;
  /** A GraphQL response as JSON, before compression. */
  readonly maxResponseBytes: number;
  readonly maxHeaderBytes: number;
  /** For a request to arrive whole, and for an answer to be taken, in milliseconds. */
  readonly clientTimeoutMs: number;
  /** Requests that may be under way at once. */
  readonly maxOpenRequests: number;
  /** How long a request may have to wait for the processor, in milliseconds; 0 does not look. */
  readonly maxLateMs: number;
  /** So many are let in all the same: a few large pages take long, and are no overload. */
  readonly alwaysOpen: number;
  /** Operations per caller and minute; 0 does not count them. */
  readonly ratePerMinute: number;
}

export const DEFAULT_LIMITS: LimitSettings = {
  maxQueryCalls: 500,
  maxQueryRows: 50_000,
  maxQueryValues: 100_000,
  maxUpstreamCalls: 500,
  maxAliases: 100,
  maxDirectives: 50,
  maxFields: 5_000,
  maxTokens: 5_000,
  maxBodyBytes: 256 * 1024,
  maxVariablesBytes: 128 * 1024,
  maxListItems: 1_000,
  maxResponseBytes: 8 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  clientTimeoutMs: 10_000,
  maxOpenRequests: 1_000,
  maxLateMs: 10,
  alwaysOpen: 32,
  ratePerMinute: 0,
};
