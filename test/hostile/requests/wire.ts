import type { Dice } from '../../fuzz/dice.ts';
import type { ToSend } from '../raw-http.ts';
import { writeRequest } from './write.ts';

const GOOD = writeRequest({ body: '{"query":"{ viewer { name } }"}' });
const KEPT_OPEN = writeRequest({
  body: '{"query":"{ viewer { name } }"}',
  headers: { connection: 'keep-alive' },
});

const post = (headers: string, body = '') =>
  Buffer.from(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`,
    'latin1',
  );
const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1');
const one = (bytes: Buffer): ToSend => ({ pieces: [bytes], responses: 1 });
const CHUNKED = 'transfer-encoding: chunked';
const JSON_BODY = '{"query":"{ viewer { name } }"}';

/** Invalid or nearly valid HTTP: two lengths, bad chunks, bad lines, and clients that disconnect in the middle. */
const WAYS: readonly ((dice: Dice) => ToSend)[] = [
  // Smuggling.
  () =>
    one(post(`content-length: 5\r\n${CHUNKED}`, '0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n')),
  () => one(post('content-length: 5\r\ncontent-length: 31', JSON_BODY)),
  () => one(post('content-length: 31, 31', JSON_BODY)),
  () => one(post('content-length: +31', JSON_BODY)),
  () => one(post('content-length: 0x1f', JSON_BODY)),
  () => one(post('content-length: -1', JSON_BODY)),
  () => one(post(`content-length: ${'9'.repeat(30)}`, JSON_BODY)),
  () => one(post('transfer-encoding: chunked, identity', `1f\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post('transfer-encoding : chunked', `1f\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post('transfer-encoding:\x0bchunked', `1f\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post(`${CHUNKED}\r\n${CHUNKED}`, `1f\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  // Chunks.
  () => one(post(CHUNKED, `1f\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post(CHUNKED, `1f;x="${'y'.repeat(20_000)}"\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post(CHUNKED, `zz\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post(CHUNKED, `ffffffffffffffff\r\n${JSON_BODY}`)),
  () => one(post(CHUNKED, `-1\r\n${JSON_BODY}\r\n0\r\n\r\n`)),
  () => one(post(CHUNKED, `1f\r\n${JSON_BODY}XX0\r\n\r\n`)),
  () => one(post(CHUNKED, `1f\r\n${JSON_BODY}\r\n0\r\nx-trailer: a\r\n\r\n`)),
  () => one(post(CHUNKED, `${'1\r\n \r\n'.repeat(3_000)}0\r\n\r\n`)),
  () => one(post(CHUNKED, `${'10000\r\n'}${'x'.repeat(0x10000)}\r\n`.repeat(6))),
  // Lines and headers.
  () => one(text('GET /graphql', '', '')),
  () => one(text('GET  /graphql  HTTP/1.1', 'host: localhost', '', '')),
  () => one(text('GET /graphql HTTP/9.9', 'host: localhost', '', '')),
  () => one(text('GET /graphql HTTP/1.1', '', '')),
  () =>
    one(text('GET /graphql HTTP/1.1', 'host: localhost', 'host: evil.example', 'connection: close', '', '')),
  () => one(text('GET /graphql HTTP/1.0', '', '')),
  () => one(text('GET /gr aphql HTTP/1.1', 'host: localhost', '', '')),
  () => one(text('GET /\x01\x02 HTTP/1.1', 'host: localhost', 'connection: close', '', '')),
  () => one(text('GET /\xff\xfe HTTP/1.1', 'host: localhost', 'connection: close', '', '')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', ' folded: x', '', '')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', 'no colon', '', '')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', ': no name', '', '')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', 'a\0b: c', '', '')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', 'a: b\0c', '', '')),
  () => one(text('GET /graphql HTTP/1.1\nhost: localhost\nconnection: close\n\n')),
  () => one(text('GET /graphql HTTP/1.1', 'host: localhost', `x: ${'y'.repeat(17_000)}`, '', '')),
  () =>
    one(
      text(
        'GET /graphql HTTP/1.1',
        'host: localhost',
        ...Array.from({ length: 1_500 }, (_, n) => `x${n}: y`),
        '',
        '',
      ),
    ),
  () => one(text(`GET /${'a'.repeat(17_000)} HTTP/1.1`, 'host: localhost', '', '')),
  () => one(text('FROB /graphql HTTP/1.1', 'host: localhost', '', '')),
  () => one(text('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example:443', '', '')),
  () => one(text('PRI * HTTP/2.0', '', 'SM', '', '')),
  () => one(Buffer.from('160301020001000100fc0303', 'hex')),
  (dice) =>
    one(Buffer.from(Array.from({ length: 1 + dice.int(500) }, () => dice.int(256)).concat(13, 10, 13, 10))),
  (dice) => one(damaged(GOOD, dice)),
  (dice) => one(damaged(GOOD, dice)),
  // Several requests, the last of which closes the connection.
  () => ({ pieces: [Buffer.concat([KEPT_OPEN, KEPT_OPEN, GOOD])], responses: 3 }),
  () => ({ pieces: [Buffer.concat([KEPT_OPEN, Buffer.from('garbage\r\n\r\n')])], responses: 2 }),
  // In single bytes, or nearly.
  (dice) => ({ pieces: split(GOOD, 1 + dice.int(12)), responses: 1, pauseMs: 1 }),
  // Clients that disconnect.
  (dice) => ({ pieces: [GOOD.subarray(0, dice.int(GOOD.length))], responses: 0 }),
  () => ({ pieces: [GOOD], responses: 0 }),
  (dice) => ({ pieces: [slowQuery(dice)], responses: 0, pauseMs: dice.int(8) }),
  (dice) => ({ pieces: [slowQuery(dice)], responses: 0, pauseMs: dice.int(8) }),
  () => ({ pieces: [post('content-length: 1000', '{'), Buffer.from('"query"')], responses: 0, pauseMs: 2 }),
];

/** A query with several calls to Twilio, which are aborted when the client disconnects. */
function slowQuery(dice: Dice): Buffer {
  const query = `{ messages(first: 50, filter: { bodyContains: "nowhere ${dice.int(1e6)}" }) { nodes { sid account { sid } } } }`;
  return writeRequest({ body: JSON.stringify({ query }) });
}

function damaged(bytes: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(bytes);
  // Not in the length: waiting for a body that never arrives is tested elsewhere.
  const length = copy.indexOf('content-length');
  for (let times = 1 + dice.int(3); times > 0; times -= 1) {
    const at = dice.int(length);
    copy[at] = dice.int(256);
  }
  return copy;
}

function split(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size * 8) pieces.push(bytes.subarray(at, at + size * 8));
  return pieces;
}

export function hostileWire(dice: Dice): ToSend {
  return dice.pick(WAYS)(dice);
}
