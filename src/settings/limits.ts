import type { Readers } from './readers.ts';

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
  /** Authenticated requests in flight. */
  readonly maxOpenRequests: number;
  /** Unauthenticated requests in flight. */
  readonly maxUnauthenticated: number;
  /** Connections of one address; 0 does not limit them. */
  readonly maxConnectionsPerAddress: number;
  /** How long requests may wait for the event loop under sustained overload, in milliseconds; 0 sheds nothing. */
  readonly maxLateMs: number;
  /** Requests in flight that are admitted however long they will wait: a few large pages are no overload. */
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
  maxUnauthenticated: 16,
  maxConnectionsPerAddress: 1_000,
  maxLateMs: 10,
  alwaysOpen: 32,
  ratePerMinute: 0,
};

const KIB = 1024;

/** @param scanBudget a single scan must not be refused for its cost */
export function limitSettings({ integer }: Readers, scanBudget: number): LimitSettings {
  const calls = Math.max(DEFAULT_LIMITS.maxQueryCalls, Math.ceil(scanBudget / 500));
  const rows = Math.max(DEFAULT_LIMITS.maxQueryRows, 2 * scanBudget);
  return {
    maxQueryCalls: integer('MAX_QUERY_CALLS', calls, 1, 1_000_000),
    maxQueryRows: integer('MAX_QUERY_ROWS', rows, 1, 1_000_000_000),
    maxQueryValues: integer('MAX_QUERY_VALUES', DEFAULT_LIMITS.maxQueryValues, 1, 1_000_000_000),
    maxUpstreamCalls: integer('MAX_UPSTREAM_CALLS', calls, 1, 1_000_000),
    maxAliases: integer('MAX_ALIASES', DEFAULT_LIMITS.maxAliases, 0, 100_000),
    maxDirectives: integer('MAX_DIRECTIVES', DEFAULT_LIMITS.maxDirectives, 0, 100_000),
    maxFields: integer('MAX_FIELDS', DEFAULT_LIMITS.maxFields, 1, 1_000_000),
    maxTokens: integer('MAX_TOKENS', DEFAULT_LIMITS.maxTokens, 10, 1_000_000),
    maxBodyBytes: integer('MAX_BODY_KB', DEFAULT_LIMITS.maxBodyBytes / KIB, 1, 102_400) * KIB,
    maxVariablesBytes: integer('MAX_VARIABLES_KB', DEFAULT_LIMITS.maxVariablesBytes / KIB, 1, 102_400) * KIB,
    maxListItems: integer('MAX_LIST_ITEMS', DEFAULT_LIMITS.maxListItems, 1, 1_000_000),
    maxResponseBytes: integer('MAX_RESPONSE_KB', DEFAULT_LIMITS.maxResponseBytes / KIB, 1, 1_048_576) * KIB,
    maxHeaderBytes: integer('MAX_HEADER_KB', DEFAULT_LIMITS.maxHeaderBytes / KIB, 1, 1_024) * KIB,
    clientTimeoutMs: integer('CLIENT_TIMEOUT_MS', DEFAULT_LIMITS.clientTimeoutMs, 100, 600_000),
    maxOpenRequests: integer('MAX_OPEN_REQUESTS', DEFAULT_LIMITS.maxOpenRequests, 1, 100_000),
    maxUnauthenticated: integer('MAX_UNAUTHENTICATED', DEFAULT_LIMITS.maxUnauthenticated, 1, 100_000),
    maxConnectionsPerAddress: integer(
      'MAX_CONNECTIONS_PER_ADDRESS',
      DEFAULT_LIMITS.maxConnectionsPerAddress,
      0,
      1_000_000,
    ),
    maxLateMs: integer('OVERLOAD_DELAY_MS', DEFAULT_LIMITS.maxLateMs, 0, 10_000),
    alwaysOpen: integer('OVERLOAD_ALWAYS_OPEN', DEFAULT_LIMITS.alwaysOpen, 1, 100_000),
    ratePerMinute: integer('RATE_PER_MINUTE', DEFAULT_LIMITS.ratePerMinute, 0, 10_000_000),
  };
}
