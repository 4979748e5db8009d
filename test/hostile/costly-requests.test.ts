import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_KEY, startTarget, type Target } from './target.ts';

/** The longest turn of the event loop, in milliseconds of CPU time. */
const LONGEST_TURN_MS = 250;
const MAX_RSS_MIB = 1024;
/** The time that /health may take meanwhile; much longer than usual, so that a busy machine does not fail the test. */
const HEALTH_WITHIN_MS = 1_000;
/** The largest error response, in bytes. */
const MAX_ERROR_BYTES = 8 * 1024;

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const keys = (count: number, name = 'k') => Object.fromEntries(range(count).map((n) => [`${name}${n}`, n]));
const aliases = (count: number, field: string) =>
  range(count)
    .map((n) => `a${n.toString(36)}: ${field}`)
    .join(' ');

interface Attack {
  readonly title: string;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  /** @default 1 */
  readonly atOnce?: number;
  /** Whether the request may also succeed. @default false */
  readonly mayPass?: boolean;
}

const LIST = 'query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }';
const deepList = (depth: number): unknown => range(depth).reduce<unknown>((inner) => [inner], 'DELIVERED');

const ATTACKS: readonly Attack[] = [
  {
    title: '34 kB of unknown keys in a variable of a trusted document',
    body: { documentId: 'ListMessages', variables: { dateSent: keys(2_600) } },
  },
  { title: '20,000 unknown keys in a filter', body: { query: LIST, variables: { f: keys(20_000, '') } } },
  {
    title: '60,000 invalid error codes',
    body: { query: LIST, variables: { f: { errorCode: range(60_000).map(() => 'x') } } },
  },
  {
    title: '50,000 valid error codes',
    body: { query: LIST, variables: { f: { errorCode: range(50_000).map(() => 1) } } },
  },
  {
    title: 'a list nested 4,000 deep in a variable',
    body: { query: LIST, variables: { f: { status: deepList(4_000) } } },
  },
  {
    title: '200 kB of one string where an address belongs',
    body: { query: LIST, variables: { f: { to: '+1'.padEnd(200_000, '5') } } },
  },
  {
    title: '20,000 variables nobody declared',
    body: { query: '{ account { sid } }', variables: keys(20_000, '') },
    mayPass: true,
  },
  {
    title: 'an enum value of 200 kB',
    body: { query: LIST, variables: { f: { status: ['X'.repeat(200_000)] } } },
  },
  {
    title: 'a field name of 100 kB',
    body: { query: `{ ${'x'.repeat(100_000)} }` },
  },
  {
    title: '220 × 220 messages × 99 aliases of body',
    atOnce: 4,
    body: {
      query: `{ messages(first: 220) { nodes { account { messages(first: 220) { nodes { ${aliases(99, 'body')} } } } } } }`,
    },
  },
  {
    title: '1,000 messages × 400 aliases',
    atOnce: 4,
    body: {
      query: `{ messages(first: 1000) { nodes { ${aliases(99, 'body')} ${aliases(99, 'to').replaceAll('a', 'b')} } } }`,
    },
  },
  {
    title: 'the whole schema, over and over',
    atOnce: 4,
    body: {
      query: `{ ${range(12)
        .map(
          (n) =>
            `s${n}: __schema { types { name description fields { name description args { name description type { name ofType { name ofType { name } } } } type { name ofType { name ofType { name ofType { name } } } } } enumValues { name description } inputFields { name description } } }`,
        )
        .join(' ')} }`,
    },
  },
  {
    title: '800 fields under one name that do not agree',
    body: { query: `{ ${'viewer { a: name } viewer { a: role } '.repeat(300)} }` },
  },
  {
    title: 'a header full of beginnings of tokens',
    body: { query: '{ __typename }' },
    headers: { 'x-request-id': 'eyJ'.repeat(4_000) },
    mayPass: true,
  },
];

async function post({ port }: Target, { body, headers }: Attack): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Sends requests to /health while `work` runs; returns the duration of the slowest, in milliseconds. */
async function slowestHealth({ port }: Target, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  let slowest = 0;
  while (!isDone) {
    const began = performance.now();
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await done;
  return slowest;
}

test('no request, however constructed, blocks the others or fills the memory', {
  timeout: 180_000,
}, async () => {
  const target = await startTarget({ keys: true });
  for (let times = 0; times < 5; times += 1)
    await target.ask('{ messages(first: 50) { nodes { sid body } } }');
  const rows: string[] = [];
  const faults: string[] = [];
  for (const attack of ATTACKS) {
    const { title, atOnce = 1, mayPass = false } = attack;
    await target.gauges.read();
    await target.gauges.strain();
    const began = performance.now();
    const requests = Promise.all(range(atOnce).map(() => post(target, attack)));
    const health = await slowestHealth(target, requests);
    const took = performance.now() - began;
    const [{ status, text } = { status: 0, text: '' }] = await requests;
    const { turnMs, rss } = await target.gauges.strain();
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? 'no error';
    const row = `${title}: ${status} ${code}, ${text.length} B, ${took.toFixed(0)} ms, /health ${health.toFixed(0)} ms, turn ${turnMs.toFixed(0)} ms, RSS ${rss.toFixed(0)} MiB`;
    rows.push(row);
    const isFine =
      turnMs < LONGEST_TURN_MS &&
      rss < MAX_RSS_MIB &&
      health < HEALTH_WITHIN_MS &&
      status < 500 &&
      (code === 'no error' ? mayPass : text.length < MAX_ERROR_BYTES);
    if (!isFine) faults.push(row);
  }
  process.stdout.write(`costly requests\n  ${rows.join('\n  ')}\n`);
  expect(target.program.child.exitCode).toBeNull();
  expect(faults).toEqual([]);
});

test('300 clients that request GraphiQL and stop reading do not fill the memory', {
  timeout: 60_000,
}, async () => {
  const target = await startTarget({ keys: false });
  await target.gauges.read();
  await target.gauges.strain();
  const page = await (
    await fetch(`http://127.0.0.1:${target.port}/graphql`, { headers: { accept: 'text/html' } })
  ).text();
  const assets = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const health = await slowestHealth(
    target,
    (async () => {
      for (const path of ['/graphql', ...assets]) {
        for (const _ of range(300)) {
          const socket = connect(target.port, '127.0.0.1')
            .on('error', () => {})
            .pause();
          socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n`);
          sockets.push(socket);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    })(),
  );
  const { turnMs, rss } = await target.gauges.strain();
  process.stdout.write(
    `GraphiQL × 300, ${assets.length} assets: /health ${health.toFixed(0)} ms, turn ${turnMs.toFixed(0)} ms, RSS ${rss.toFixed(0)} MiB\n`,
  );
  expect(rss).toBeLessThan(512);
  expect(turnMs).toBeLessThan(LONGEST_TURN_MS);
});

test('responses of 32 MiB from Twilio neither block the process nor fill the memory', {
  timeout: 60_000,
}, async () => {
  const target = await startTarget({ keys: false });
  await target.gauges.read();
  await target.gauges.strain();
  target.sandbox.set({ oversizedBody: 1, oversizedBytes: 32 * 1024 * 1024, faultPath: '/2010-04-01/' });
  const query = '{ account { sid } messages(first: 50) { nodes { sid } } }';
  const responses = await Promise.all(range(4).map(() => target.ask(query)));
  const { turnMs, rss } = await target.gauges.strain();
  process.stdout.write(
    `32 MiB from Twilio, 4 at once: turn ${turnMs.toFixed(0)} ms, RSS ${rss.toFixed(0)} MiB\n`,
  );
  for (const answer of responses) expect(answer).toContain('TWILIO_RESPONSE_TOO_LARGE');
  expect(turnMs).toBeLessThan(LONGEST_TURN_MS);
  expect(rss).toBeLessThan(MAX_RSS_MIB);
});
