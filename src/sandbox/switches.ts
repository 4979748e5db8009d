import { amount, type Check, choice, fault, flag, text, textOrNull } from './switch-checks.ts';

/**
 * A fault strikes a share of the matching requests (a number from 0, never, to 1, always) or the next
 * `next` of them.
 */
export type Fault = number | { next: number };

/** What of Twilio's behaviour is unknown, changes from account to account, or goes wrong at times. */
export interface SandboxSwitches {
  /** Days a message is kept and may be asked for by date. */
  retentionDays: number;
  /** What happens to a PageSize above 1000: 400/20007, or 1000 is used. */
  oversizedPage: 'reject' | 'clamp';
  /** Where a list puts rows without date_sent: by date_created, or before or after all others. */
  nullDateOrder: 'created' | 'first' | 'last';
  /** Whether rows without date_sent match a DateSent filter, by their date_created. */
  nullDateMatches: boolean;
  /** `DateSent=` with a time of day: the whole GMT day, or that very second. */
  equalityWithTime: 'day' | 'exact';
  /** Whether a DateSent filter without a beginning is taken, or counts as partly outside of retention. */
  openDateRange: 'accept' | 'refuse';
  /** Every second page is empty although more follow. */
  emptyPageWithNext: boolean;
  /** Pages hold at most so many items whatever PageSize asks; 0 is off. */
  maxItemsPerPage: number;
  /** 500/20500 on lists with a PageSize above this; 0 is off. */
  failAbovePageSize: number;
  /** 400/21481 on requests with a PageToken. */
  pageTokenRefused: Fault;

  /** Lists hide messages younger than so many seconds; a fetch finds them. */
  staleSeconds: number;
  /** A fetch answers 404/20404 for messages younger than so many seconds. */
  justCreated404Seconds: number;
  /** A new message every so many seconds after the epoch, in each active account; 0 is off. */
  arrivalSeconds: number;
  /** Messages that used no Messaging Service carry the account's default one, as Twilio has it since April 2024. */
  defaultMessagingService: boolean;
  /** Some rows carry this status, which no document knows. */
  unknownStatus: string | null;
  /** Every object has keys, and nested ones, that no document knows. */
  unknownFields: boolean;
  /** Page URIs are whole and begin with this, e.g. https://elsewhere.example; empty is off. */
  pageUriOrigin: string;
  /** Every page names itself as its next one, or one of two the other. */
  pageRing: 'off' | 'self' | 'pair';

  /** Answer to an OAuth token of another account. */
  otherAccountCode: 70051 | 20003;
  /** HTTP status of 70051. */
  missingPermissionStatus: 401 | 403;
  /** The permission to list and to fetch media; empty needs the one to read messages. */
  mediaPermission: string;
  /** Whether a parent's OAuth token lists the subaccounts too. */
  accountsUnderOAuth: 'full' | 'own';
  /** auth_token in accounts read by OAuth: a live secret, an empty string, or no such key. */
  authTokenUnderOAuth: 'secret' | 'empty' | 'absent';
  /** What a suspended or closed account's own credentials get: 401/20003 or 403/20403. */
  inactiveAccountCode: 20003 | 20403;

  /** Life of an access token. */
  tokenTtlSeconds: number;
  /** `id_token` in a token response: a JWT, text that is none, an empty string, null, or no such key. */
  tokenIdToken: 'jwt' | 'text' | 'empty' | 'null' | 'absent';
  /** `refresh_token` in a token response that gives no new one. */
  tokenRefreshToken: 'empty' | 'null' | 'absent';
  /** `token_type` in a token response. */
  tokenType: 'Bearer' | 'bearer' | 'empty' | 'null' | 'absent';
  /** `expires_in` in a token response: a number, the same as a string, null, or no such key. */
  tokenExpiresIn: 'number' | 'text' | 'null' | 'absent';
  /** HTTP status of bad client credentials. */
  tokenErrorStatus: 400 | 401;
  /** Which of Twilio's two codes bad client credentials get. */
  tokenErrorCode: 322402 | 321401;
  /** 429/322401 at the token endpoint. */
  tokenThrottle: Fault;
  /** How far in the future its throttled_until lies. */
  tokenThrottleSeconds: number;
  /** 429/322401 to an app that asks for more tokens within a minute; 0 is off. */
  tokensPerMinute: number;
  /** Using a refresh token gives a new one and ends the old; otherwise the same one stays good. */
  rotateRefreshTokens: boolean;
  /** A refresh token works for so long after it was rotated. */
  refreshGraceSeconds: number;
  /** What else follows when a rotated refresh token comes again: nothing, or the whole grant is revoked. */
  refreshReuse: 'refuse' | 'revoke';

  /** 429/20429 to an account with more requests under way; 0 is off. Twilio publishes no number. */
  concurrencyLimit: number;
  /** Adds Retry-After to 429 and 503 answers; 0 is off. Twilio documents none. */
  retryAfterSeconds: number;
  /** Every answer takes so long. */
  latencyMs: number;

  /** 500/20500. */
  fail500: Fault;
  /** 503/20503. */
  fail503: Fault;
  /** 429/20429. */
  fail429: Fault;
  /** 404/20404 for what exists. */
  resourceMissing: Fault;
  /** The connection breaks before the answer. */
  resetConnection: Fault;
  /** The connection breaks in the middle of the body. */
  truncateBody: Fault;
  /** A gateway's HTML page in the place of the answer, with the status htmlStatus. */
  htmlInsteadOfJson: Fault;
  htmlStatus: 200 | 403 | 502;
  /** A good answer that says it is text/html. */
  wrongContentType: Fault;
  /** 302 to redirectTo. */
  redirect: Fault;
  redirectTo: string;
  /** A valid body padded to oversizedBytes. */
  oversizedBody: Fault;
  oversizedBytes: number;
  /** Faults strike only requests whose path and query contain this. */
  faultPath: string;
}

export const DEFAULT_SWITCHES: Readonly<SandboxSwitches> = Object.freeze({
  retentionDays: 400,
  oversizedPage: 'reject',
  nullDateOrder: 'created',
  nullDateMatches: false,
  equalityWithTime: 'day',
  openDateRange: 'accept',
  emptyPageWithNext: false,
  maxItemsPerPage: 0,
  failAbovePageSize: 0,
  pageTokenRefused: 0,
  staleSeconds: 0,
  justCreated404Seconds: 0,
  arrivalSeconds: 0,
  defaultMessagingService: false,
  unknownStatus: null,
  unknownFields: false,
  pageUriOrigin: '',
  pageRing: 'off',
  otherAccountCode: 70051,
  missingPermissionStatus: 401,
  mediaPermission: '/twilio/messaging/media/list',
  accountsUnderOAuth: 'full',
  // The nastiest of the three, so that a leak shows in a test.
  authTokenUnderOAuth: 'secret',
  inactiveAccountCode: 20003,
  tokenTtlSeconds: 3600,
  tokenIdToken: 'null',
  tokenRefreshToken: 'null',
  tokenType: 'Bearer',
  tokenExpiresIn: 'number',
  tokenErrorStatus: 401,
  tokenErrorCode: 322402,
  tokenThrottle: 0,
  tokenThrottleSeconds: 30,
  tokensPerMinute: 0,
  rotateRefreshTokens: true,
  refreshGraceSeconds: 0,
  refreshReuse: 'refuse',
  concurrencyLimit: 100,
  retryAfterSeconds: 0,
  latencyMs: 0,
  fail500: 0,
  fail503: 0,
  fail429: 0,
  resourceMissing: 0,
  resetConnection: 0,
  truncateBody: 0,
  htmlInsteadOfJson: 0,
  htmlStatus: 502,
  wrongContentType: 0,
  redirect: 0,
  redirectTo: 'https://elsewhere.example/',
  oversizedBody: 0,
  oversizedBytes: 16 * 1024 * 1024,
  // The token endpoint is struck only when asked for by name: a test mostly means the API.
  faultPath: '/2010-04-01/',
});

const CHECKS: Readonly<Record<keyof SandboxSwitches, Check>> = {
  retentionDays: amount,
  oversizedPage: choice('reject', 'clamp'),
  nullDateOrder: choice('created', 'first', 'last'),
  nullDateMatches: flag,
  equalityWithTime: choice('day', 'exact'),
  openDateRange: choice('accept', 'refuse'),
  emptyPageWithNext: flag,
  maxItemsPerPage: amount,
  failAbovePageSize: amount,
  pageTokenRefused: fault,
  staleSeconds: amount,
  justCreated404Seconds: amount,
  arrivalSeconds: amount,
  defaultMessagingService: flag,
  unknownStatus: textOrNull,
  unknownFields: flag,
  pageUriOrigin: text,
  pageRing: choice('off', 'self', 'pair'),
  otherAccountCode: choice(70051, 20003),
  missingPermissionStatus: choice(401, 403),
  mediaPermission: text,
  accountsUnderOAuth: choice('full', 'own'),
  authTokenUnderOAuth: choice('secret', 'empty', 'absent'),
  inactiveAccountCode: choice(20003, 20403),
  tokenTtlSeconds: amount,
  tokenIdToken: choice('jwt', 'text', 'empty', 'null', 'absent'),
  tokenRefreshToken: choice('empty', 'null', 'absent'),
  tokenType: choice('Bearer', 'bearer', 'empty', 'null', 'absent'),
  tokenExpiresIn: choice('number', 'text', 'null', 'absent'),
  tokenErrorStatus: choice(400, 401),
  tokenErrorCode: choice(322402, 321401),
  tokenThrottle: fault,
  tokenThrottleSeconds: amount,
  tokensPerMinute: amount,
  rotateRefreshTokens: flag,
  refreshGraceSeconds: amount,
  refreshReuse: choice('refuse', 'revoke'),
  concurrencyLimit: amount,
  retryAfterSeconds: amount,
  latencyMs: amount,
  fail500: fault,
  fail503: fault,
  fail429: fault,
  resourceMissing: fault,
  resetConnection: fault,
  truncateBody: fault,
  htmlInsteadOfJson: fault,
  htmlStatus: choice(200, 403, 502),
  wrongContentType: fault,
  redirect: fault,
  redirectTo: text,
  oversizedBody: fault,
  oversizedBytes: amount,
  faultPath: text,
};

/** Lists what is wrong with a change of switches; an empty list means nothing is. */
export function switchProblems(change: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(change).flatMap(([name, value]) => {
    if (!Object.hasOwn(CHECKS, name)) return [`There is no switch "${name}".`];
    const expected = CHECKS[name as keyof SandboxSwitches](value);
    return expected === null ? [] : [`${name} must be ${expected}, not ${JSON.stringify(value)}.`];
  });
}
