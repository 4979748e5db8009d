import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AdmissionSettings, createAdmission } from '../../../src/http/admission/admission.ts';
import type { Pushback, RejectionReason } from '../../../src/http/admission/pushback.ts';
import { createScheduler } from '../../../src/http/admission/scheduler.ts';
import { busy, type Connection, post, readBody, reply, serve } from './serve.ts';

const SETTINGS: AdmissionSettings = {
  maxInFlight: 1_000,
  maxUnauthenticated: 16,
  maxQueueDelayMs: 10,
  alwaysAdmitted: 32,
  longestMs: 60_000,
};
/** What one request needs of the processor, in milliseconds. */
const WORK_MS = 2;

/**
 * A gateway reduced to its admission: `x-principal` is a valid key, `x-principal: wrong` is not. `/work`
 * needs the processor, `/hang` waits for a Twilio that hangs, `/limited` is over its rate, `/late` is
 * authenticated once its client has gone away, `/login` and `/health` need no key.
 */
async function gateway(settings: Partial<AdmissionSettings> = {}, pushback?: Pick<Pushback, 'rejected'>) {
  const lines: object[] = [];
  /** The principals of the requests in the order in which they were started. */
  const started: string[] = [];
  const errors: unknown[] = [];
  /** How many requests of others were started while each of the polite caller's waited. */
  const overtaken: number[] = [];
  let arrived = 0;
  let address = '203.0.113.7';
  const admission = createAdmission({
    settings: { ...SETTINGS, ...settings },
    scheduler: createScheduler(),
    toResponse: ({ message }) => ({ status: 503, headers: {}, body: message }),
    log: { warn: (fields: object) => void lines.push(fields) } as never,
    pushback,
  });
  onTestFinished(admission.close);
  const { connect } = await serve(async (request, response) => {
    if (request.url === '/health') return reply(response, 200);
    arrived += 1;
    if (request.url === '/late') await once(response, 'close');
    const given = request.headers['x-principal'];
    const principal = given === undefined || given === 'wrong' ? null : String(given);
    const ticket = admission.enter({ principal, address, requestId: 'id', response });
    if (!ticket.admitted) return ticket.send();
    if (principal === null && request.url !== '/login') return reply(response, 401);
    if (request.url === '/limited') return reply(response, 429);
    let before = 0;
    try {
      if (request.url !== '/late') await readBody(request);
      before = started.length;
      await ticket.start();
    } catch (error) {
      errors.push(error);
      return reply(response, 503);
    }
    if (principal === 'polite') overtaken.push(started.length - before);
    started.push(principal ?? '');
    if (request.url === '/hang') return;
    busy(WORK_MS);
    reply(response, 200);
  });
  return {
    connect,
    admission,
    started,
    overtaken,
    errors,
    lines,
    arrived: () => arrived,
    from(next: string) {
      address = next;
    },
  };
}

type Gateway = Awaited<ReturnType<typeof gateway>>;

/** Connections that send a request as soon as the last one has its response, until the test ends. */
function hammer({ connect }: Pick<Gateway, 'connect'>, connections: number, text: string) {
  const counts: Record<number, number> = {};
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  async function loop(connection: Connection): Promise<void> {
    while (!isOver) {
      const status = await connection.ask(text);
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 0) return;
    }
  }
  for (let index = 0; index < connections; index += 1) void loop(connect());
  return counts;
}

/** Requests of a polite caller, one after the other with a pause. */
async function politely({ connect }: Pick<Gateway, 'connect'>, count = 15): Promise<number[]> {
  const connection = connect();
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) {
    statuses.push(await connection.ask(post('/work', { principal: 'polite' })));
    await sleep(20);
  }
  return statuses;
}

const ALL_GOOD = Array(15).fill(200);

describe('a polite caller is never rejected', () => {
  test('beside one key with 200 connections, which starts at most one request before each of its', async () => {
    const kit = await gateway();
    const heavy = hammer(kit, 200, post('/work', { principal: 'heavy' }));
    await expect.poll(() => heavy[503] ?? 0).toBeGreaterThan(0);
    expect(await politely(kit)).toEqual(ALL_GOOD);
    expect(kit.overtaken.length).toBe(15);
    expect(Math.max(...kit.overtaken)).toBeLessThanOrEqual(1);
    // The other key has what is left of the processor.
    expect(heavy[200]).toBeGreaterThan(15);
  });

  test('beside 300 connections with a wrong key', async () => {
    const kit = await gateway();
    const wrong = hammer(kit, 300, post('/work', { principal: 'wrong' }));
    await expect.poll(() => wrong[401] ?? 0).toBeGreaterThan(300);
    expect(await politely(kit)).toEqual(ALL_GOOD);
    expect(kit.admission.inFlight.unauthenticated).toBeLessThanOrEqual(16);
  });

  test('beside 1,200 requests of another key that wait for a Twilio that hangs', async () => {
    const kit = await gateway();
    const statuses = Array.from({ length: 1_200 }, () =>
      kit.connect().ask(post('/hang', { principal: 'hanging' })),
    );
    let rejected = 0;
    for (const status of statuses) {
      void status.then((code) => {
        rejected += code === 503 ? 1 : 0;
      });
    }
    await expect.poll(() => rejected + kit.admission.inFlight.authenticated).toBe(1_200);
    expect(rejected).toBeGreaterThanOrEqual(300);
    expect(await politely(kit)).toEqual(ALL_GOOD);
  });

  test('beside 1,150 slow bodies without a key, nor is one who logs in from elsewhere', async () => {
    const kit = await gateway();
    const all = Array.from({ length: 1_150 }, () => kit.connect());
    for (const one of all) one.write(post('/login', { body: '{', length: 4_000 }));
    const rejected = () => all.filter(({ statuses }) => statuses[0] === 503).length;
    await expect.poll(rejected).toBe(1_150 - 15);
    expect(kit.admission.inFlight).toEqual({ authenticated: 0, unauthenticated: 15 });
    expect(await politely(kit)).toEqual(ALL_GOOD);
    kit.from('203.0.113.8');
    const visitor = kit.connect();
    for (let count = 0; count < 5; count += 1) expect(await visitor.ask(post('/login'))).toBe(200);
  });

  test('beside slow bodies with another key', async () => {
    const kit = await gateway({ maxInFlight: 100 });
    const all = Array.from({ length: 120 }, () => kit.connect());
    for (const one of all) one.write(post('/work', { principal: 'slow', body: '{', length: 4_000 }));
    await expect.poll(() => kit.admission.inFlight.authenticated).toBe(90);
    expect(await politely(kit)).toEqual(ALL_GOOD);
  });
});

/** Sends requests together, over connections that are open already. */
async function together({ connect }: Gateway, requests: readonly string[]) {
  const connections = requests.map(() => connect());
  await Promise.all(connections.map((one) => one.ask(post('/health'))));
  return { connections, statuses: connections.map((one, index) => one.ask(requests[index] ?? '')) };
}

describe('the order', () => {
  test('principals take turns; none waits behind the queue of another', async () => {
    const kit = await gateway();
    const names = [...Array(12).fill('a'), ...Array(3).fill('b'), 'c'];
    const { statuses } = await together(
      kit,
      names.map((principal) => post('/work', { principal })),
    );
    expect(await Promise.all(statuses)).toEqual(Array(16).fill(200));
    // What came alone was started at once.
    const [, ...queued] = kit.started;
    expect(queued.lastIndexOf('c')).toBeLessThan(6);
    expect(queued.lastIndexOf('b')).toBeLessThan(9);
  });

  test('a request without its whole body takes no turn, what comes after it', async () => {
    const kit = await gateway();
    const slow = kit.connect();
    slow.write(post('/work', { principal: 'a', body: '{', length: 2 }));
    const { statuses } = await together(kit, [
      post('/work', { principal: 'b' }),
      post('/work', { principal: 'a' }),
    ]);
    await Promise.all(statuses);
    expect(kit.started).toHaveLength(2);
    expect(await slow.ask('}')).toBe(200);
    expect(kit.started).toEqual([...kit.started.slice(0, 2), 'a']);
  });
});

describe('one principal with more than the processor can do', () => {
  test('is rejected before it waits; what is accepted waits for few others', async () => {
    const kit = await gateway({ alwaysAdmitted: 4 });
    const heavy = hammer(kit, 100, post('/work', { principal: 'heavy' }));
    // A burst first, then an overload that lasts.
    await expect.poll(() => heavy[503] ?? 0).toBeGreaterThan(100);
    const one = kit.connect();
    const waits: number[] = [];
    for (let count = 0; count < 200; count += 1) {
      const before = kit.started.length;
      const status = await one.ask(post('/work', { principal: 'heavy' }));
      waits.push(status === 200 ? kit.started.length - before : 0);
    }
    expect(waits.filter((wait) => wait > 0).length).toBeGreaterThan(0);
    // 10 ms of requests of 2 ms each, those that are always admitted, and the request itself.
    expect(Math.max(...waits)).toBeLessThan(20);
  });

  test('is rejected before its body has come', async () => {
    const kit = await gateway({ alwaysAdmitted: 4 });
    const heavy = hammer(kit, 100, post('/work', { principal: 'heavy' }));
    await expect.poll(() => heavy[503] ?? 0).toBeGreaterThan(100);
    const incomplete = Array.from({ length: 10 }, () => kit.connect());
    for (const one of incomplete) one.write(post('/work', { principal: 'heavy', body: '{', length: 2 }));
    await expect.poll(() => incomplete.some(({ statuses }) => statuses[0] === 503)).toBe(true);
  });

  test('is rejected once its body has come, where the overload began meanwhile', async () => {
    const kit = await gateway({ alwaysAdmitted: 4 });
    const early = Array.from({ length: 100 }, () => kit.connect());
    for (const one of early) one.write(post('/work', { principal: 'heavy', body: '{', length: 2 }));
    await expect.poll(() => kit.admission.inFlight.authenticated).toBe(100);
    const heavy = hammer(kit, 100, post('/work', { principal: 'heavy' }));
    await expect.poll(() => heavy[503] ?? 0).toBeGreaterThan(100);
    expect(early.flatMap(({ statuses }) => statuses)).toEqual([]);
    // A few at a time: the queue may be empty for a moment, and all of a burst are admitted.
    let last: readonly number[] = [];
    while (early.length > 0 && !last.includes(503)) {
      last = await Promise.all(early.splice(0, 10).map((one) => one.ask('}')));
    }
    expect(last).toContain(503);
  });

  test('is admitted whole where nothing is shed', async () => {
    const kit = await gateway({ maxQueueDelayMs: 0 });
    const { statuses } = await together(kit, Array(100).fill(post('/work', { principal: 'a' })));
    expect(await Promise.all(statuses)).toEqual(Array(100).fill(200));
  });
});

test('many principals with a few requests each are an overload too', async () => {
  const kit = await gateway();
  const all = Array.from({ length: 40 }, (_, index) =>
    hammer(kit, 5, post('/work', { principal: `principal ${index}` })),
  );
  await expect.poll(() => all.some((counts) => (counts[503] ?? 0) > 0)).toBe(true);
});

describe('a full gateway', () => {
  const settings = { maxInFlight: 4, maxQueueDelayMs: 0 };

  test('rejects the newest request of the heaviest principal that has not been started, in favour of another', async () => {
    const kit = await gateway(settings);
    const [hanging, first, second, polite] = [kit.connect(), kit.connect(), kit.connect(), kit.connect()];
    for (const one of [hanging, hanging]) one.write(post('/hang', { principal: 'heavy' }));
    const incomplete = post('/work', { principal: 'heavy', body: '{', length: 2 });
    first.write(incomplete);
    second.write(incomplete);
    await expect.poll(() => kit.admission.inFlight.authenticated).toBe(4);
    expect(await polite.ask(post('/work', { principal: 'polite' }))).toBe(200);
    await expect.poll(() => second.socket.destroyed).toBe(true);
    expect(second.statuses).toEqual([503]);
    expect(await first.ask('}')).toBe(200);
    expect(kit.started).toEqual(['heavy', 'heavy', 'polite', 'heavy']);
  });

  test('rejects a newcomer where all is being worked on', async () => {
    const kit = await gateway(settings);
    const heavy = Array.from({ length: 4 }, () => kit.connect());
    for (const one of heavy) one.write(post('/hang', { principal: 'heavy' }));
    await expect.poll(() => kit.started.length).toBe(4);
    expect(await kit.connect().ask(post('/work', { principal: 'polite' }))).toBe(503);
    heavy[0]?.socket.destroy();
    await expect.poll(() => kit.admission.inFlight.authenticated).toBe(3);
    expect(await kit.connect().ask(post('/work', { principal: 'polite' }))).toBe(200);
  });
});

test('a client that goes away while it waits has no turn, and leaves nothing behind', async () => {
  const kit = await gateway({ maxQueueDelayMs: 0 });
  const { connections, statuses } = await together(kit, Array(40).fill(post('/work', { principal: 'a' })));
  await expect.poll(() => kit.started.length).toBeGreaterThan(0);
  for (const one of connections.slice(20)) one.socket.destroy();
  await Promise.all(statuses);
  await expect.poll(() => kit.admission.inFlight.authenticated).toBe(0);
  expect(kit.started.length).toBeLessThan(40);
  expect(kit.errors.length).toBe(40 - kit.started.length);
  expect(new Set(kit.errors.map((error) => (error as Error).name))).toEqual(new Set(['ClientGoneError']));
});

test('a client that goes away before its body is whole releases its place', async () => {
  const kit = await gateway();
  const one = kit.connect();
  one.write(post('/work', { principal: 'a', body: '{', length: 2 }));
  await expect.poll(() => kit.admission.inFlight.authenticated).toBe(1);
  one.socket.destroy();
  await expect.poll(() => kit.admission.inFlight.authenticated).toBe(0);
});

test('a client that has gone away before its request enters takes no place', async () => {
  const kit = await gateway();
  const one = kit.connect();
  one.write(post('/late', { principal: 'a' }));
  await expect.poll(() => kit.arrived()).toBe(1);
  one.socket.destroy();
  await expect.poll(() => kit.errors.length).toBe(1);
  expect(kit.errors[0]).toMatchObject({ name: 'ClientGoneError' });
  expect(kit.admission.inFlight.authenticated).toBe(0);
});

describe('pushback', () => {
  test('meets requests that are rejected, and no others', async () => {
    const pushed: RejectionReason[] = [];
    const kit = await gateway(
      { maxInFlight: 1 },
      { rejected: (_socket, reason) => void pushed.push(reason) },
    );
    expect(await kit.connect().ask(post('/work', { principal: 'a' }))).toBe(200);
    expect(await kit.connect().ask(post('/login'))).toBe(200);
    expect(pushed).toEqual([]);
    expect(await kit.connect().ask(post('/work', { principal: 'wrong' }))).toBe(401);
    await expect.poll(() => pushed).toEqual(['unauthenticated']);
    expect(await kit.connect().ask(post('/limited', { principal: 'a' }))).toBe(429);
    kit.connect().write(post('/hang', { principal: 'a' }));
    await expect.poll(() => kit.admission.inFlight.authenticated).toBe(1);
    expect(await kit.connect().ask(post('/work', { principal: 'a' }))).toBe(503);
    await expect.poll(() => pushed).toEqual(['unauthenticated', 'rate limit', 'overload']);
  });
});

test('one log line tells of all rejections', async () => {
  const kit = await gateway({ maxInFlight: 1 });
  kit.connect().write(post('/hang', { principal: 'a' }));
  await expect.poll(() => kit.admission.inFlight.authenticated).toBe(1);
  const one = kit.connect();
  for (let count = 0; count < 10; count += 1)
    expect(await one.ask(post('/work', { principal: 'a' }))).toBe(503);
  kit.admission.close();
  expect(kit.lines).toEqual([{ rejected: 10, unauthenticated: 0 }]);
});
