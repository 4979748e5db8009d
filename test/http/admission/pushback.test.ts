import { expect, test } from 'vitest';
import {
  createPushback,
  type PushbackOptions,
  type RejectionReason,
} from '../../../src/http/admission/pushback.ts';
import { post, readBody, reply, serve } from './serve.ts';

/** `/rejected` is rejected, anything else is answered. */
async function served(options: PushbackOptions, reason: RejectionReason = 'unauthenticated') {
  const pushback = createPushback(options);
  const { server, connect } = await serve((request, response) => {
    const { socket } = request;
    const isRejected = request.url === '/rejected';
    if (isRejected) response.once('close', () => pushback.rejected(socket, reason));
    reply(response, isRejected ? 503 : 200);
  });
  server.on('connection', pushback.connected);
  return connect;
}

/** How many round trips another connection makes until a promise is settled. */
async function roundTripsUntil(done: Promise<unknown>, other: { ask(text: string): Promise<number> }) {
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  let count = 0;
  while (!isDone) {
    await other.ask(post('/'));
    count += 1;
  }
  return count;
}

const PAUSE_MS = 300;
/** More than fit into a moment, fewer than fit into the pause. */
const MANY = 30;

test('the rejection comes at once, and the next request of its connection is read after a pause', async () => {
  const connect = await served({ pauseMs: PAUSE_MS });
  const [rejected, other] = [connect(), connect()];
  await other.ask(post('/'));
  expect(await roundTripsUntil(rejected.ask(post('/rejected')), other)).toBeLessThan(MANY);
  const next = rejected.ask(post('/'));
  expect(await roundTripsUntil(next, other)).toBeGreaterThan(MANY);
  expect(await next).toBe(200);
  // It was paused once.
  expect(await roundTripsUntil(rejected.ask(post('/')), other)).toBeLessThan(MANY);
});

test('a body that is not read does not end the pause', async () => {
  const connect = await served({ pauseMs: PAUSE_MS });
  const [rejected, other] = [connect(), connect()];
  await other.ask(post('/'));
  await rejected.ask(post('/rejected', { body: 'x', length: 1_000 }));
  rejected.write('x'.repeat(999));
  expect(await roundTripsUntil(rejected.ask(post('/')), other)).toBeGreaterThan(MANY);
});

test('load is shed without a pause while that takes little time', async () => {
  // All of the time that it may take at once.
  const connect = await served({ pauseMs: PAUSE_MS, costMs: () => 20 }, 'overload');
  const [rejected, other] = [connect(), connect()];
  await other.ask(post('/'));
  await rejected.ask(post('/rejected'));
  expect(await roundTripsUntil(rejected.ask(post('/')), other)).toBeLessThan(MANY);
  await rejected.ask(post('/rejected'));
  expect(await roundTripsUntil(rejected.ask(post('/')), other)).toBeGreaterThan(MANY);
});

test('a caller that floods many connections leaves most of the time to others', async () => {
  const connect = await served({}, 'overload');
  const other = connect();
  await other.ask(post('/'));
  let rejected = 0;
  let isOver = false;
  const flood = Array.from({ length: 200 }, async () => {
    const one = connect();
    while (!isOver) {
      await one.ask(post('/rejected'));
      rejected += 1;
    }
  });
  // Until all are paused at least once.
  while (rejected < 400) await other.ask(post('/'));
  const before = rejected;
  let own = 0;
  for (; own < 300; own += 1) await other.ask(post('/'));
  isOver = true;
  await Promise.all(flood);
  // Without a pause, each of them has a turn for each of the other's.
  expect((rejected - before) / own).toBeLessThan(50);
});

test('a caller over its rate is paused each time', async () => {
  const connect = await served({ pauseMs: PAUSE_MS }, 'rate limit');
  const [rejected, other] = [connect(), connect()];
  await other.ask(post('/'));
  await rejected.ask(post('/rejected'));
  expect(await roundTripsUntil(rejected.ask(post('/')), other)).toBeGreaterThan(MANY);
});

test('new connections of an address with many rejections begin with a pause, those of others do not', async () => {
  let address: string | null = '203.0.113.7';
  const connect = await served({ pauseMs: PAUSE_MS, maxPerAddress: 3, addressOf: () => address });
  for (let count = 0; count < 4; count += 1) expect(await connect().ask(post('/rejected'))).toBe(503);
  const paused = connect();
  await new Promise((resolve) => paused.socket.once('connect', resolve));
  // The server accepts one after the other.
  await new Promise((resolve) => setTimeout(resolve, 20));
  address = '203.0.113.8';
  const other = connect();
  await other.ask(post('/'));
  expect(await roundTripsUntil(paused.ask(post('/')), other)).toBeGreaterThan(MANY);
  address = null;
  const local = connect();
  expect(await roundTripsUntil(local.ask(post('/')), other)).toBeLessThan(MANY);
});

test('a client that is quicker than the end of its response is paused all the same', async () => {
  const pushback = createPushback({ pauseMs: PAUSE_MS });
  let requests = 0;
  const { connect } = await serve((request, response) => {
    requests += 1;
    const { socket } = request;
    response.once('close', () => pushback.rejected(socket, 'unauthenticated'));
    // In the last phase of the event loop: the network comes before the next immediate.
    setImmediate(() => reply(response, 401));
  });
  const all = Array.from({ length: 5 }, () => connect());
  await Promise.all(all.map((one) => one.ask(post('/'))));
  const next = Promise.all(all.map((one) => one.ask(post('/'))));
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS / 3));
  expect(requests).toBe(5);
  await next;
  expect(requests).toBe(10);
});

test('connections that are paused together are read one after the other', async () => {
  // A quarter of the time is theirs.
  const connect = await served({ pauseMs: 50, costMs: () => 2.5 });
  const all = Array.from({ length: 20 }, () => connect());
  const times = await Promise.all(
    all.map(async (one) => {
      await one.ask(post('/rejected'));
      await one.ask(post('/'));
      return performance.now();
    }),
  );
  // Ten milliseconds apart.
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(150);
});

test('a connection that ends during its pause does no harm', async () => {
  const connect = await served({ pauseMs: 50 });
  const [rejected, other] = [connect(), connect()];
  await rejected.ask(post('/rejected'));
  rejected.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await other.ask(post('/'))).toBe(200);
});

test('a request that is read after a pause has its body', async () => {
  const pushback = createPushback({ pauseMs: 20 });
  const bodies: number[] = [];
  const { connect } = await serve(async (request, response) => {
    response.once('close', () => pushback.rejected(request.socket, 'unauthenticated'));
    bodies.push(await readBody(request));
    reply(response, 200);
  });
  const { ask } = connect();
  const body = 'x'.repeat(200_000);
  await ask(post('/', { body }));
  await ask(post('/', { body }));
  expect(bodies).toEqual([body.length, body.length]);
});
