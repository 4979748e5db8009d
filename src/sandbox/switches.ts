/** Injects a fault into a share of the matching requests (0 to 1), or into the next `next` of them. */
export type Fault = number | { next: number };

/** Behaviour of Twilio that is undocumented, differs between accounts, or fails at times. */
export interface SandboxSwitches {
  /** Days for which messages are retained; a date filter may not reach further back. */
  retentionDays: number;
  /** Response to a PageSize above 1000: 400/20007, or a page of 1000. */
  oversizedPage: 'reject' | 'clamp';
  /** Where a list puts rows without date_sent: by date_created, or before or after all others. */
  nullDateOrder: 'created' | 'first' | 'last';
  /** Whether rows without date_sent match a DateSent filter, by their date_created. */
  nullDateMatches: boolean;
  /** `DateSent=` with a time of day: the whole GMT day, or exactly that second. */
  equalityWithTime: 'day' | 'exact';
  /** Whether a DateSent filter without a lower bound is accepted, or fails as partly outside of retention. */
  openDateRange: 'accept' | 'refuse';
  /** Makes every second page empty although more follow. */
  emptyPageWithNext: boolean;
  /** Maximum items per page, whatever the PageSize; 0 is off. */
  maxItemsPerPage: number;
  /** Responds 500/20500 to lists with a PageSize above this; 0 is off. */
  failAbovePageSize: number;
  /** 400/21481 for requests with a PageToken. */
  pageTokenRefused: Fault;

  /** Seconds for which lists omit a new message; a fetch finds it. */
  staleSeconds: number;
  /** Seconds for which a fetch of a new message responds 404/20404. */
  justCreated404Seconds: number;
  /** Seconds between new messages after the epoch, in each active account; 0 is off. */
  arrivalSeconds: number;
  /** Share of the messages whose final status comes `lateStatusSeconds` after their creation. */
  lateStatus: number;
  lateStatusSeconds: number;
  /** Share of the messages whose text is removed `redactedAfterSeconds` after their creation. */
  redacted: number;
  redactedAfterSeconds: number;
  /** Share of the messages that are deleted `deletedAfterSeconds` after their creation. */
  deleted: number;
  deletedAfterSeconds: number;
  /** Share of the messages that lists omit until `lateArrivalSeconds` after their creation; a fetch finds them. */
  lateArrival: number;
  lateArrivalSeconds: number;
  /** Share of the outbound messages, beyond the usual 2 %, that are rejected before sending and never have a date_sent. */
  undated: number;
  /** Gives messages without a Messaging Service the account's default one, as Twilio does since April 2024. */
  defaultMessagingService: boolean;
  /** An undocumented status that some messages get; null is off. */
  unknownStatus: string | null;
  /** Adds undocumented keys, some of them nested, to every object. */
  unknownFields: boolean;
  /** Makes page URIs absolute, with this origin, e.g. https://elsewhere.example; empty is off. */
  pageUriOrigin: string;
  /** Makes `next_page_uri` a loop: each page links to itself, or two pages link to each other. */
  pageRing: 'off' | 'self' | 'pair';

  /** Error code for an OAuth token of another account. */
  otherAccountCode: 70051 | 20003;
  /** HTTP status of 70051. */
  missingPermissionStatus: 401 | 403;
  /** Permission needed to list and fetch media; empty requires the one to read messages. */
  mediaPermission: string;
  /** Origin of the host that stores media files, to which the API redirects; empty for the sandbox's own. */
  mediaOrigin: string;
  /** Whether a parent's OAuth token lists the subaccounts too. */
  accountsUnderOAuth: 'full' | 'own';
  /** auth_token in accounts read by OAuth: the real secret, an empty string, or no such key. */
  authTokenUnderOAuth: 'secret' | 'empty' | 'absent';
  /** Error for a suspended or closed account's own credentials: 401/20003 or 403/20403. */
  inactiveAccountCode: 20003 | 20403;

  /** Lifetime of an access token. */
  tokenTtlSeconds: number;
  /** `id_token` in a token response: a JWT, text that is not a JWT, an empty string, null, or no such key. */
  tokenIdToken: 'jwt' | 'text' | 'empty' | 'null' | 'absent';
  /** `refresh_token` in a token response that issues none. */
  tokenRefreshToken: 'empty' | 'null' | 'absent';
  /** `token_type` in a token response. */
  tokenType: 'Bearer' | 'bearer' | 'empty' | 'null' | 'absent';
  /** `expires_in` in a token response: a number, the same as a string, null, or no such key. */
  tokenExpiresIn: 'number' | 'text' | 'null' | 'absent';
  /** HTTP status of bad client credentials. */
  tokenErrorStatus: 400 | 401;
  /** Error code of bad client credentials; Twilio uses both. */
  tokenErrorCode: 322402 | 321401;
  /** 429/322401 at the token endpoint. */
  tokenThrottle: Fault;
  /** Seconds from now to its `throttled_until`. */
  tokenThrottleSeconds: number;
  /** Tokens per app and minute, beyond which the response is 429/322401; 0 is off. */
  tokensPerMinute: number;
  /** Whether using a refresh token replaces it; otherwise it stays valid. */
  rotateRefreshTokens: boolean;
  /** Seconds for which a rotated refresh token still works. */
  refreshGraceSeconds: number;
  /** Whether reuse of a rotated refresh token only fails, or also revokes the whole grant. */
  refreshReuse: 'refuse' | 'revoke';

  /** In-flight requests per account, beyond which the response is 429/20429; 0 is off. Twilio publishes no number. */
  concurrencyLimit: number;
  /** Retry-After of 429 and 503 responses; 0 is off. Twilio documents none. */
  retryAfterSeconds: number;
  /** Delay of every response. */
  latencyMs: number;

  /** 500/20500. */
  fail500: Fault;
  /** 503/20503. */
  fail503: Fault;
  /** 429/20429. */
  fail429: Fault;
  /** 404/20404 for resources that exist. */
  resourceMissing: Fault;
  /** Resets the connection before the response. */
  resetConnection: Fault;
  /** Closes the connection in the middle of the body. */
  truncateBody: Fault;
  /** A proxy's HTML error page instead of the response, with the status htmlStatus. */
  htmlInsteadOfJson: Fault;
  htmlStatus: 200 | 403 | 502;
  /** A valid response labelled text/html. */
  wrongContentType: Fault;
  /** 302 to redirectTo. */
  redirect: Fault;
  redirectTo: string;
  /** A valid body padded to oversizedBytes. */
  oversizedBody: Fault;
  oversizedBytes: number;
  /** Limits faults to requests whose path and query contain this text. */
  faultPath: string;
}

/** Returns null for a valid value, otherwise a description of valid ones. */
type Check = (value: unknown) => string | null;

const amount: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? null : 'a number of 0 or more';

const share: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? null : 'a share from 0 to 1';

const flag: Check = (value) => (typeof value === 'boolean' ? null : 'true or false');

const text: Check = (value) => (typeof value === 'string' ? null : 'a string');

const textOrNull: Check = (value) =>
  value === null || typeof value === 'string' ? null : 'a string or null';

function choice(...values: (string | number)[]): Check {
  return (value) =>
    values.some((allowed) => allowed === value) ? null : values.map((v) => JSON.stringify(v)).join(' or ');
}

const fault: Check = (value) => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return null;
  if (typeof value === 'object' && value !== null && Object.keys(value).join() === 'next') {
    const { next } = value as { next: unknown };
    if (Number.isSafeInteger(next) && Number(next) >= 0) return null;
  }
  return 'a rate from 0 to 1 or {"next": a whole number}';
};

/** Default and check of each switch. */
const SWITCHES: {
  readonly [K in keyof SandboxSwitches]: readonly [initial: SandboxSwitches[K], check: Check];
} = {
  retentionDays: [400, amount],
  oversizedPage: ['reject', choice('reject', 'clamp')],
  nullDateOrder: ['created', choice('created', 'first', 'last')],
  nullDateMatches: [false, flag],
  equalityWithTime: ['day', choice('day', 'exact')],
  openDateRange: ['accept', choice('accept', 'refuse')],
  emptyPageWithNext: [false, flag],
  maxItemsPerPage: [0, amount],
  failAbovePageSize: [0, amount],
  pageTokenRefused: [0, fault],
  staleSeconds: [0, amount],
  justCreated404Seconds: [0, amount],
  arrivalSeconds: [0, amount],
  lateStatus: [0, share],
  lateStatusSeconds: [2 * 86_400, amount],
  redacted: [0, share],
  redactedAfterSeconds: [86_400, amount],
  deleted: [0, share],
  deletedAfterSeconds: [86_400, amount],
  lateArrival: [0, share],
  lateArrivalSeconds: [3600, amount],
  undated: [0, share],
  defaultMessagingService: [false, flag],
  unknownStatus: [null, textOrNull],
  unknownFields: [false, flag],
  pageUriOrigin: ['', text],
  pageRing: ['off', choice('off', 'self', 'pair')],
  otherAccountCode: [70051, choice(70051, 20003)],
  missingPermissionStatus: [401, choice(401, 403)],
  mediaPermission: ['/twilio/messaging/media/list', text],
  mediaOrigin: ['', text],
  accountsUnderOAuth: ['full', choice('full', 'own')],
  // The most dangerous of the three, so that tests notice a leak.
  authTokenUnderOAuth: ['secret', choice('secret', 'empty', 'absent')],
  inactiveAccountCode: [20003, choice(20003, 20403)],
  tokenTtlSeconds: [3600, amount],
  tokenIdToken: ['null', choice('jwt', 'text', 'empty', 'null', 'absent')],
  tokenRefreshToken: ['null', choice('empty', 'null', 'absent')],
  tokenType: ['Bearer', choice('Bearer', 'bearer', 'empty', 'null', 'absent')],
  tokenExpiresIn: ['number', choice('number', 'text', 'null', 'absent')],
  tokenErrorStatus: [401, choice(400, 401)],
  tokenErrorCode: [322402, choice(322402, 321401)],
  tokenThrottle: [0, fault],
  tokenThrottleSeconds: [30, amount],
  tokensPerMinute: [0, amount],
  rotateRefreshTokens: [true, flag],
  refreshGraceSeconds: [0, amount],
  refreshReuse: ['refuse', choice('refuse', 'revoke')],
  concurrencyLimit: [100, amount],
  retryAfterSeconds: [0, amount],
  latencyMs: [0, amount],
  fail500: [0, fault],
  fail503: [0, fault],
  fail429: [0, fault],
  resourceMissing: [0, fault],
  resetConnection: [0, fault],
  truncateBody: [0, fault],
  htmlInsteadOfJson: [0, fault],
  htmlStatus: [502, choice(200, 403, 502)],
  wrongContentType: [0, fault],
  redirect: [0, fault],
  redirectTo: ['https://elsewhere.example/', text],
  oversizedBody: [0, fault],
  oversizedBytes: [16 * 1024 * 1024, amount],
  // Not the token endpoint, unless a test names it: most tests mean the API.
  faultPath: ['/2010-04-01/', text],
};

export const DEFAULT_SWITCHES = Object.freeze(
  Object.fromEntries(Object.entries(SWITCHES).map(([name, [initial]]) => [name, initial])),
) as unknown as Readonly<SandboxSwitches>;

/** Lists the problems of a change of switches; empty when it is valid. */
export function switchProblems(change: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(change).flatMap(([name, value]) => {
    if (!Object.hasOwn(SWITCHES, name)) return [`There is no switch "${name}".`];
    const [, check] = SWITCHES[name as keyof SandboxSwitches];
    const expected = check(value);
    return expected === null ? [] : [`${name} must be ${expected}, not ${JSON.stringify(value)}.`];
  });
}
