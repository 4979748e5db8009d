import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aroundYoga } from '../../src/server/direct/around-yoga.ts';

test('a fault on the way past yoga ends its own connection and is logged, not the process', async () => {
  const logged: object[] = [];
  const fault = new Error('a fault');
  const yoga = Object.assign(() => {}, { fetch: () => new Response() });
  const { handle } = aroundYoga(yoga, () => Promise.reject(fault), {
    compressFromBytes: 0,
    log: { error: (entry: object) => void logged.push(entry) } as never,
  });
  const server = createServer(handle).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const asked = fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  await expect(asked).rejects.toThrow('fetch failed');
  expect(logged).toEqual([{ err: fault }]);
});
