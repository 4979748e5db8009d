import { DEFAULT_LIMITS as DEFAULTS, type LimitSettings } from '../server/limits/settings.ts';
import type { Readers } from './readers.ts';

const KIB = 1024;

/** @param scanBudget a single scan must not be refused for its cost */
export function limitSettings({ integer }: Readers, scanBudget: number): LimitSettings {
  const calls = Math.max(DEFAULTS.maxQueryCalls, Math.ceil(scanBudget / 500));
  const rows = Math.max(DEFAULTS.maxQueryRows, 2 * scanBudget);
  return {
    maxQueryCalls: integer('MAX_QUERY_CALLS', calls, 1, 1_000_000),
    maxQueryRows: integer('MAX_QUERY_ROWS', rows, 1, 1_000_000_000),
    maxQueryValues: integer('MAX_QUERY_VALUES', DEFAULTS.maxQueryValues, 1, 1_000_000_000),
    maxUpstreamCalls: integer('MAX_UPSTREAM_CALLS', calls, 1, 1_000_000),
    maxAliases: integer('MAX_ALIASES', DEFAULTS.maxAliases, 0, 100_000),
    maxDirectives: integer('MAX_DIRECTIVES', DEFAULTS.maxDirectives, 0, 100_000),
    maxFields: integer('MAX_FIELDS', DEFAULTS.maxFields, 1, 1_000_000),
    maxTokens: integer('MAX_TOKENS', DEFAULTS.maxTokens, 10, 1_000_000),
    maxBodyBytes: integer('MAX_BODY_KB', DEFAULTS.maxBodyBytes / KIB, 1, 102_400) * KIB,
    maxVariablesBytes: integer('MAX_VARIABLES_KB', DEFAULTS.maxVariablesBytes / KIB, 1, 102_400) * KIB,
    maxListItems: integer('MAX_LIST_ITEMS', DEFAULTS.maxListItems, 1, 1_000_000),
    maxResponseBytes: integer('MAX_RESPONSE_KB', DEFAULTS.maxResponseBytes / KIB, 1, 1_048_576) * KIB,
    maxHeaderBytes: integer('MAX_HEADER_KB', DEFAULTS.maxHeaderBytes / KIB, 1, 1_024) * KIB,
    clientTimeoutMs: integer('CLIENT_TIMEOUT_MS', DEFAULTS.clientTimeoutMs, 100, 600_000),
    maxOpenRequests: integer('MAX_OPEN_REQUESTS', DEFAULTS.maxOpenRequests, 1, 100_000),
    maxLateMs: integer('OVERLOAD_DELAY_MS', DEFAULTS.maxLateMs, 0, 10_000),
    alwaysOpen: integer('OVERLOAD_ALWAYS_OPEN', DEFAULTS.alwaysOpen, 1, 100_000),
    ratePerMinute: integer('RATE_PER_MINUTE', DEFAULTS.ratePerMinute, 0, 10_000_000),
  };
}
