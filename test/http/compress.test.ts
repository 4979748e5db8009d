import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compress } from '../../src/http/compress.ts';
import { listening } from './kit.ts';

/** Reads the raw body, which fetch() would decode. */
async function raw(url: string, acceptEncoding: string | undefined, query: string) {
  return new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      ...(acceptEncoding ? { 'accept-encoding': acceptEncoding } : {}),
    };
    const sent = request(url, { method: 'POST', headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ headers: response.headers, body: Buffer.concat(chunks) });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

const LARGE = '{ messages(first: 50) { nodes { sid body to from status dateSent } } }';
const SMALL = '{ viewer { name } }';

test('a large response is compressed with an accepted encoding', async () => {
  const { graphql } = await listening({ http: { compressFromBytes: 4_096 } });
  const plain = await raw(graphql, undefined, LARGE);
  expect(plain.headers).not.toHaveProperty('content-encoding');
  const cases = [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
  ] as const;
  for (const [accept, encoding, decode] of cases) {
    const { headers, body } = await raw(graphql, accept, LARGE);
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-length': String(body.length),
      'content-type': 'application/json; charset=utf-8',
      vary: expect.stringContaining('accept-encoding'),
      'x-request-id': expect.any(String),
    });
    expect(body.length).toBeLessThan(plain.body.length / 3);
    expect(decode(body).toString()).toBe(plain.body.toString());
  }
});

test('a response is not compressed if it is small, or if compression is not accepted or disabled', async () => {
  const on = await listening({ http: { compressFromBytes: 4_096 } });
  const off = await listening({ http: { compressFromBytes: 0 } });
  for (const { headers } of [
    await raw(on.graphql, 'br, gzip', SMALL),
    await raw(on.graphql, 'identity, deflate, br;q=0.0', LARGE),
    await raw(off.graphql, 'br, gzip', LARGE),
  ]) {
    expect(headers).not.toHaveProperty('content-encoding');
  }
});

test('the threshold is the size', async () => {
  expect(await compress('x'.repeat(99), 'gzip', 100)).toBeUndefined();
  expect(await compress('x'.repeat(100), 'gzip', 100)).toMatchObject({ encoding: 'gzip' });
  expect(await compress('x'.repeat(100), '*', 100)).toBeUndefined();
});
