import { integer, matching, onOff, optional, readSettings, secureUrl, setting } from './setting.ts';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

const sid = (prefix: string) =>
  matching(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `"${prefix}" and 32 hexadecimal digits`);

/** Where Twilio is, and the credential from the settings. */
export const TWILIO = {
  accountSid: optional(
    'TWILIO_ACCOUNT_SID',
    sid('AC'),
    `AC${'0'.repeat(32)}`,
    'Account of the credential. Set this and the next two for the real Twilio, or none of them for the sandbox.',
  ),
  clientId: optional(
    'TWILIO_CLIENT_ID',
    sid('OQ'),
    `OQ${'0'.repeat(32)}`,
    'Client id of an OAuth app that was made in this account.',
  ),
  clientSecret: optional(
    'TWILIO_CLIENT_SECRET',
    matching(/^\S{16,256}$/, '16 to 256 characters without spaces'),
    'the-secret-shown-once-by-the-console',
    'Client secret of the OAuth app.',
  ),
  nickname: setting(
    'TWILIO_CREDENTIAL_NICKNAME',
    matching(/^.{1,64}$/, '1 to 64 characters long'),
    'default',
    'Name of the credential, for the header `X-Twilio-Credential`.',
  ),
  edge: optional(
    'TWILIO_EDGE',
    matching(/^[a-z0-9-]{1,32}$/, 'a name such as dublin'),
    'ashburn',
    "Twilio's edge; without a region it means us1.",
  ),
  region: optional(
    'TWILIO_REGION',
    matching(/^[a-z0-9-]{1,32}$/, 'a name such as us1'),
    'us1',
    "Twilio's region; without an edge it means the region's own.",
  ),
  apiUrl: setting(
    'TWILIO_API_URL',
    secureUrl,
    'https://api.twilio.com',
    "URL of Twilio's API; takes precedence over edge and region.",
  ),
  oauthUrl: setting(
    'TWILIO_OAUTH_URL',
    secureUrl,
    'https://oauth.twilio.com',
    "URL of Twilio's OAuth server.",
  ),
  sandbox: optional(
    'SANDBOX',
    onOff,
    'off',
    'Whether the gateway runs over the embedded sandbox or the real Twilio. By default it is on unless TWILIO_ACCOUNT_SID, TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET are set.',
  ),
};

/** The cache of Twilio's responses. */
export const CACHE = {
  maxBytes: setting(
    'CACHE_MAX_MB',
    integer(0, 4_096, MIB),
    '64',
    'MiB of cached responses of Twilio, for all credentials together; 0 turns the cache off.',
  ),
  messageMs: setting(
    'CACHE_MESSAGE_MS',
    integer(0, DAY_MS),
    '30000',
    'How long a message with a final status is cached, its body included.',
  ),
  accountMs: setting('CACHE_ACCOUNT_MS', integer(0, DAY_MS), '10000', 'How long an account is cached.'),
  pageMs: setting(
    'CACHE_PAGE_MS',
    integer(0, 3_600_000),
    '2000',
    'How long a page of a list is cached if all its messages are final. A newer message may be missing for this time.',
  ),
};

/** Responses for `stale-if-error`, for when Twilio fails. */
export const STALE = {
  maxMs: setting(
    'STALE_MAX_MS',
    integer(0, DAY_MS),
    '300000',
    'How long responses are cached for callers who send `Cache-Control: stale-if-error`, bodies included; 0 caches none.',
  ),
  maxBytes: setting(
    'STALE_MAX_MB',
    integer(0, 4_096, MIB),
    '16',
    'MiB of these responses, for all credentials together.',
  ),
};

export const CIRCUIT = {
  failures: setting(
    'CIRCUIT_FAILURES',
    integer(0, 10_000),
    '5',
    "Consecutive failures, over at least a second, that open an account's circuit breaker; 0 never opens it.",
  ),
  openMs: setting(
    'CIRCUIT_OPEN_MS',
    integer(100, 600_000),
    '5000',
    'How long an open circuit breaker rejects reads before it lets one try again.',
  ),
};

export const DEFAULT_CIRCUIT = readSettings(CIRCUIT, {});

/** Twilio's edge of each region; https://www.twilio.com/docs/global-infrastructure */
const EDGES: ReadonlyMap<string, string> = new Map([
  ['au1', 'sydney'],
  ['br1', 'sao-paulo'],
  ['de1', 'frankfurt'],
  ['ie1', 'dublin'],
  ['jp1', 'tokyo'],
  ['jp2', 'osaka'],
  ['sg1', 'singapore'],
  ['us1', 'ashburn'],
  ['us2', 'umatilla'],
]);

/** Returns `api.{edge}.{region}.twilio.com`, as in Twilio's own SDKs. An edge alone means the region us1. */
export function twilioApiUrl(edge: string | undefined, region: string | undefined, problems: string[]): URL {
  if (!edge && !region) return new URL('https://api.twilio.com');
  const known = edge ?? EDGES.get(region ?? '');
  if (!known) {
    problems.push(
      `TWILIO_REGION must be one of ${[...EDGES.keys()].join(', ')}, or TWILIO_EDGE must be set.`,
    );
  }
  return new URL(`https://api.${known ?? 'ashburn'}.${region ?? 'us1'}.twilio.com`);
}
