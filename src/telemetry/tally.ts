import type { ErrorCode } from '../errors/catalogue.ts';

/** Codes of requests rejected before GraphQL parsing. */
const REQUEST_REJECTIONS: readonly ErrorCode[] = [
  'BAD_REQUEST',
  'BODY_TOO_LARGE',
  'CLIENT_TOO_SLOW',
  'CROSS_ORIGIN_REFUSED',
  'GATEWAY_OVERLOADED',
  'HEADERS_TOO_LARGE',
  'HOST_NOT_ALLOWED',
  'PROXY_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
];
const CALLER_REJECTIONS: readonly ErrorCode[] = [
  'API_KEY_EXPIRED',
  'API_KEY_INVALID',
  'API_KEY_REVOKED',
  'ISSUER_UNAVAILABLE',
  'TOKEN_INVALID',
  'UNAUTHENTICATED',
];

/** A count by error code. */
export type Tally = ReadonlyMap<string, number>;

export interface Tallies {
  readonly requests: Tally;
  readonly callers: Tally;
  requestRejected(code: string): void;
  callerRejected(code: string): void;
}

/**
 * Counts rejections as plain numbers, which the metrics library reads at each scrape: under overload there are
 * thousands per second, for which the library's label lookup would be too slow.
 */
export function createTallies(): Tallies {
  const requests = new Map<string, number>(REQUEST_REJECTIONS.map((code) => [code, 0]));
  const callers = new Map<string, number>(CALLER_REJECTIONS.map((code) => [code, 0]));
  return {
    requests,
    callers,
    requestRejected: (code) => void requests.set(code, (requests.get(code) ?? 0) + 1),
    callerRejected: (code) => void callers.set(code, (callers.get(code) ?? 0) + 1),
  };
}
