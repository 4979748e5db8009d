import { expect, onTestFinished, test } from 'vitest';
import { createConnectionLimit } from '../../../src/http/admission/connection-limit.ts';
import { type Connection, post, reply, serve } from './serve.ts';

async function served(maxPerAddress: number, addressOf?: () => string | null) {
  const lines: object[] = [];
  const log = { warn: (fields: object) => void lines.push(fields) } as never;
  const limit = createConnectionLimit({ maxPerAddress, log, ...(addressOf && { addressOf }) });
  onTestFinished(limit.close);
  const { server, connect } = await serve((_request, response) => reply(response, 200));
  limit.attach(server);
  const ask = (connections: readonly Connection[]) =>
    Promise.all(connections.map((one) => one.ask(post('/'))));
  return { connect, ask, lines, limit };
}

test('closes the connections of an address that are over its limit, and no other', async () => {
  let address = '203.0.113.7';
  const { connect, ask, lines, limit } = await served(2, () => address);
  const first = [connect(), connect()];
  expect(await ask(first)).toEqual([200, 200]);
  expect(await ask([connect(), connect(), connect()])).toEqual([0, 0, 0]);
  expect(await ask(first)).toEqual([200, 200]);
  address = '203.0.113.8';
  expect(await ask([connect()])).toEqual([200]);
  limit.close();
  expect(lines).toEqual([{ closed: 3, maxPerAddress: 2 }]);
});

test('a connection that ends makes room', async () => {
  const { connect, ask } = await served(1, () => '203.0.113.7');
  const first = connect();
  await ask([first]);
  first.socket.destroy();
  await expect.poll(() => ask([connect()])).toEqual([200]);
});

test('loopback has no limit', async () => {
  const { connect, ask } = await served(1);
  expect(await ask([connect(), connect(), connect()])).toEqual([200, 200, 200]);
});

test('0 limits nothing', async () => {
  const { connect, ask } = await served(0, () => '203.0.113.7');
  expect(await ask([connect(), connect(), connect()])).toEqual([200, 200, 200]);
});
