import type { Dice } from '../../fuzz/dice.ts';
import type { World } from '../../fuzz/documents.ts';

const LONG = 'x'.repeat(4_000);
/** Latin-1, raw bytes, and characters that some parsers take for terminators and separators. */
const ODD: readonly string[] = [
  '',
  ' ',
  ',',
  ';',
  '"',
  '\t',
  'null',
  '__proto__',
  'constructor',
  '\xff\xfe',
  '\xc3\x28',
  "' OR 1=1 --",
  '../../etc/passwd',
  '$(jndi:ldap://evil.example/)',
  '{{7*7}}',
  '%0d%0aSet-Cookie: a=b',
  'http://169.254.169.254/',
  '9'.repeat(400),
  LONG,
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  accept: [
    '*/*',
    'text/html',
    'application/graphql-response+json',
    'application/graphql-response+json; charset=utf-16',
    'multipart/mixed; deferSpec=20220824',
    'text/event-stream',
    'application/*;q=0',
    'a/b, '.repeat(500),
    ';;;',
  ],
  'accept-encoding': ['gzip', 'br', 'gzip;q=0, br;q=0', 'identity;q=0, *;q=0', 'zstd', 'br, '.repeat(900)],
  'cache-control': [
    'no-cache',
    'stale-if-error=300',
    'stale-if-error=-1',
    `stale-if-error=${'9'.repeat(300)}`,
    'stale-if-error="1", no-cache, max-age=a',
  ],
  authorization: [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic dXNlcjpwYXNz',
    `Bearer tgw_${'A'.repeat(43)}`,
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    `Bearer eyJhbGciOiJub25lIn0.${'A'.repeat(2_000)}.`,
    'Digest username="x"',
    'bearer \xe9',
  ],
  'content-type': [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    'application/graphql',
    'application/graphql+json',
    'APPLICATION/JSON ;charset="utf-8"',
    'application/json;'.repeat(200),
  ],
  'content-encoding': ['gzip', 'identity', 'br, br', 'x'],
  origin: ['null', 'http://localhost', 'http://localhost:1', 'https://evil.example', 'http://[', '//'],
  'sec-fetch-site': ['cross-site', 'same-site', 'same-origin', 'none', 'x'],
  host: [
    'evil.example',
    'localhost:99999',
    'localhost:',
    '[',
    '[::1',
    'a b',
    '@evil',
    '127.0.0.1',
    '/',
    '?',
    '\xff',
  ],
  'x-request-id': ['a'.repeat(64), 'a'.repeat(65), 'a\tb', '+15550107703'],
  'x-query-cost': ['1', '0', 'yes'],
  'x-forwarded-for': ['127.0.0.1', '::1, evil'],
  'x-forwarded-proto': ['https', 'ftp'],
  'x-http-method-override': ['DELETE'],
  traceparent: [
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    '00-x',
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-ff`,
  ],
  tracestate: ['a=b,'.repeat(100)],
  cookie: ['tgw_session=x', 'tgw_session=AAAA.BBBB', `${'a=b; '.repeat(600)}`],
  te: ['trailers', 'gzip'],
  expect: ['100-continue', '200-ok', 'x'],
  upgrade: ['websocket', 'h2c'],
  range: ['bytes=0-1', 'bytes=9-1'],
  'if-none-match': ['*'],
  'transfer-encoding': ['identity', 'gzip', 'xchunked'],
};
const NAMES = Object.keys(VALUES);

/** One to four headers that a normal client would not send. */
export function hostileHeaders(dice: Dice, world: World): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let times = 1 + dice.int(4); times > 0; times -= 1) {
    if (dice.chance(0.3)) {
      headers['x-twilio-credential'] = String(dice.pick([...(world.nickname ?? []), ...ODD]));
    } else {
      const name = dice.pick(NAMES);
      headers[name] = dice.chance(0.7) ? dice.pick(VALUES[name] ?? ODD) : dice.pick(ODD);
    }
  }
  return headers;
}
