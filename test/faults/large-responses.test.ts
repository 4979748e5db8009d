import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createKit, noErrors } from '../kit.ts';
import { codesOf, wire } from './kit.ts';

const MIB = 1024 * 1024;
const open: (() => void)[] = [];
afterAll(() => {
  for (const close of open.splice(0)) close();
});

/** A gateway over this Twilio API; tokens come from a sandbox. */
async function over(answer: (url: string, response: ServerResponse) => void) {
  let requests = 0;
  let written = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.socket.on('error', () => {});
    response.on('close', () => {
      written += request.socket.bytesWritten;
    });
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const kit = await wire({ urls: { apiUrl: new URL(`http://127.0.0.1:${port}`) } });
  return { ...kit, requests: () => requests, written: () => written };
}

/** Writes until the client stops reading. */
function pour(response: ServerResponse, chunk: string, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

const CHUNK = ' '.repeat(64 * 1024);
const SID = (prefix: string, n: number) => `${prefix}${n.toString(16).padStart(32, '0')}`;
const message = (n: number, body: string) => ({
  ...{ sid: SID('SM', n), account_sid: SID('AC', 1), status: 'delivered', from: '+14155550100', to: null },
  ...{
    direction: 'inbound',
    num_media: '0',
    num_segments: '1',
    date_sent: 'Fri, 24 May 2019 17:44:50 +0000',
  },
  body,
});
const page = (count: number, body: string) =>
  JSON.stringify({
    messages: Array.from({ length: count }, (_, n) => message(n, body)),
    next_page_uri: null,
  });
const pageSizeOf = (url: string) => Number(/PageSize=(\d+)/.exec(url)?.[1]);

const READS = {
  'a message': `{ messages: message(sid: "${SID('SM', 1)}") { sid } }`,
  'a small page': '{ messages(first: 2) { nodes { sid } } }',
  'a page of fifty': '{ messages(first: 50) { nodes { sid } } }',
  'an account': '{ messages: account { sid } }',
  'a list of accounts': '{ messages: accounts(first: 3) { nodes { sid } } }',
};

describe.each(Object.entries(READS))('%s with a response of 32 MiB', (_, query) => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['has content-length', (response) => response.writeHead(200, { 'content-length': 32 * MIB })],
    ['has no content-length', (response) => response.writeHead(200)],
  ])('is not read if it %s: TWILIO_RESPONSE_TOO_LARGE', async (_how, head) => {
    const kit = await over((_url, response) => {
      head(response);
      pour(response, CHUNK, 32 * MIB);
    });
    const { data, errors } = await kit.query(query);
    expect(data).toEqual({ messages: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'TWILIO_RESPONSE_TOO_LARGE', limit: expect.any(Number) } },
    ]);
    expect(errors?.[0]?.extensions.limit).toBeLessThan(2 * MIB);
    expect(errors?.[0]?.message).toMatch(/Request fewer/);
    expect(kit.requests()).toBe(1);
    // The data in the sockets' buffers is added.
    await expect.poll(kit.written).toBeLessThan(12 * MIB);
  });
});

test('a response with a wrong content-length is not read', async () => {
  for (const length of [10, 64 * MIB]) {
    const kit = await over((_url, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${' '.repeat(2 * MIB)}`);
    });
    const { data, errors } = await kit.query(READS['a small page']);
    expect(data).toEqual({ messages: null });
    expect(['TWILIO_RESPONSE_TOO_LARGE', 'TWILIO_INVALID_RESPONSE', 'TWILIO_UNAVAILABLE']).toContain(
      errors?.[0]?.extensions.code,
    );
  }
});

test('a compressed response is neither requested nor decompressed', async () => {
  const bomb = gzipSync(Buffer.alloc(32 * MIB, ' '));
  let asked: unknown;
  const kit = await over((_url, response) => {
    asked = response.req.headers['accept-encoding'];
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
  });
  const { errors } = await kit.query(READS['a small page']);
  expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_INVALID_RESPONSE' } }]);
  expect(errors?.[0]?.message).toContain('compressed');
  expect(asked).toBe('identity');
});

describe('an error with a body of 32 MiB', () => {
  test.each([
    [503, 'TWILIO_UNAVAILABLE'],
    [429, 'TWILIO_RATE_LIMITED'],
    [401, 'CREDENTIAL_REFUSED'],
    [302, 'TWILIO_INVALID_RESPONSE'],
  ])('%i results in %s', async (status, code) => {
    const kit = await over((_url, response) => {
      response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
      pour(response, CHUNK, 32 * MIB);
    });
    const answer = await kit.query(READS['a small page']);
    expect(codesOf(answer)).toEqual([code]);
    await expect.poll(kit.written).toBeLessThan(kit.requests() * 12 * MIB);
  });
});

describe('a token response of 32 MiB', () => {
  test.each([
    [200, 'TWILIO_RESPONSE_TOO_LARGE'],
    [503, 'TWILIO_UNAVAILABLE'],
  ])('%i: %s', async (status, code) => {
    const { url } = await (async () => {
      const server = createServer((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        pour(response, CHUNK, 32 * MIB);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      open.push(() => {
        server.closeAllConnections();
        server.close();
      });
      return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
    })();
    const kit = await wire({ urls: { oauthUrl: url } });
    expect(codesOf(await kit.query(READS['an account']))).toEqual([code]);
  });
});

describe('JSON that is slow to parse', () => {
  test.each([
    ['nested lists', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['nested objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a list of empty lists', `[${'[],'.repeat(200_000)}1]`],
    ['an object of many keys', `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join()}}`],
  ])('%s: TWILIO_INVALID_RESPONSE without parsing', async (_, hard) => {
    const kit = await over((url, response) => {
      const whole = url.includes('Messages.json') ? page(2, 'Hi') : JSON.stringify(message(1, 'Hi'));
      response.end(`${whole.slice(0, -1)},"x":${hard}}`);
    });
    for (const query of [READS['a small page'], READS['a message']]) {
      const { data, errors } = await kit.query(query);
      expect(data).toEqual({ messages: null });
      expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_INVALID_RESPONSE' } }]);
    }
    expect(kit.requests()).toBe(2);
  });

  test('brackets, commas and escaped quotes in strings are not counted', async () => {
    const body = `${'[{,'.repeat(500)}\\"\\\\"`;
    const kit = await over((_url, response) => response.end(page(2, body)));
    const { data } = noErrors(await kit.query('{ messages(first: 2) { nodes { body } } }'));
    expect(data.messages.nodes).toEqual([{ body }, { body }]);
  });
});

describe('a page of a thousand', () => {
  const THOUSAND = '{ messages(first: 1000) { nodes { sid } } }';

  test('with the longest ASCII texts is read', async () => {
    const kit = await over((_url, response) => response.end(page(1_000, 'x'.repeat(1_600))));
    const { data } = noErrors(await kit.query(THOUSAND));
    expect(data.messages.nodes).toHaveLength(1_000);
    expect(kit.requests()).toBe(1);
  });

  test('that is too large is requested again in smaller pages', async () => {
    const sizes: number[] = [];
    const kit = await over((url, response) => {
      const size = pageSizeOf(url);
      sizes.push(size);
      // Escaped as JSON: six bytes a character.
      const escaped = '\\u65e5'.repeat(1_600);
      response.end(
        page(Math.min(size, 200), 'TEXT').replaceAll('TEXT', size > 200 ? escaped.repeat(4) : 'Hi'),
      );
    });
    const { data } = noErrors(await kit.query(THOUSAND));
    expect(data.messages.nodes.length).toBeGreaterThan(100);
    expect(sizes).toEqual([1_000, 500, 250, 125]);
  });

  test('that stays too large is an error', async () => {
    const kit = await over((_url, response) => pour(response.writeHead(200), CHUNK, 8 * MIB));
    expect(codesOf(await kit.query(THOUSAND))).toEqual(['TWILIO_RESPONSE_TOO_LARGE']);
    expect(kit.requests()).toBeLessThanOrEqual(7);
  });
});

test('the limits hold for any fetch, and reads within them succeed', async () => {
  const kit = createKit({ sandbox: { switches: { oversizedBody: 1 } } });
  const codes = async (query: string) => codesOf(await kit.query(query));
  expect(await codes('{ messages(first: 5) { nodes { sid } } }')).toEqual(['TWILIO_RESPONSE_TOO_LARGE']);
  expect(await codes('{ account { sid } }')).toEqual(['TWILIO_RESPONSE_TOO_LARGE']);
  kit.sandbox.set({ oversizedBytes: 512 * 1024 });
  expect(await codes('{ messages(first: 5) { nodes { sid } } account { sid } }')).toEqual([]);
});
