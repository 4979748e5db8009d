import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startNode, stopNode, untilReady } from '../harness/child-process.ts';
import { peakOf, usageOf } from '../harness/process-usage.ts';
import { BENCH, ROOT } from '../harness/targets.ts';
import { ACCOUNT, sidOf } from './messages.ts';

export interface ListUpstream {
  readonly url: string;
  /** Calls since the start. */
  counts(): Promise<{ readonly lists: number; readonly rejected: number; readonly messages: number }>;
  /** Redacts and deletes some messages. */
  change(): Promise<void>;
  stop(): Promise<void>;
}

export async function startListUpstream(list: { total: number; newest: number }): Promise<ListUpstream> {
  const port = await freePort();
  const env = { PORT: String(port), TOTAL: String(list.total), NEWEST: String(list.newest) };
  const child = startNode({ core: undefined, cwd: BENCH, args: ['history/upstream.ts'], env, ipc: true });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(async () => (await fetch(`${url}/counts`)).ok, child, 60_000);
  return {
    url,
    counts: async () => (await fetch(`${url}/counts`)).json() as ReturnType<ListUpstream['counts']>,
    change: async () => void (await (await fetch(`${url}/change`)).arrayBuffer()),
    stop: () => stopNode(child),
  };
}

export interface BenchGateway {
  /** Sends a query. @throws for an error in the response */
  query(query: string, variables?: object): Promise<unknown>;
  /** The processor's time so far, in seconds. */
  cpu(): number;
  /** The most memory so far, in MiB. */
  peak(): number;
  stop(): Promise<void>;
}

export async function startGateway(
  upstream: string,
  env: Readonly<Record<string, string>>,
): Promise<BenchGateway> {
  const port = await freePort();
  const scratch = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const child = startNode({
    core: undefined,
    cwd: ROOT,
    args: ['scripts/start.mjs'],
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      SANDBOX: 'off',
      LOG_LEVEL: 'silent',
      TWILIO_API_URL: upstream,
      TWILIO_OAUTH_URL: upstream,
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_CLIENT_ID: `OQ${'b'.repeat(32)}`,
      TWILIO_CLIENT_SECRET: 'invented-secret-of-the-bench',
      DATABASE_FILE: join(scratch, 'gateway.db'),
      ...env,
    },
  });
  const pid = child.pid as number;
  const query: BenchGateway['query'] = async (text, variables = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    const result = (await response.json()) as { data?: unknown; errors?: readonly { message: string }[] };
    if (result.errors?.[0]) throw new Error(result.errors[0].message);
    return result.data;
  };
  await untilReady(async () => Boolean(await query(READ, { sid: sidOf(0) })), child, 120_000);
  return {
    query,
    cpu: () => usageOf(pid).cpu,
    peak: () => peakOf(pid),
    async stop() {
      await stopNode(child);
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

const READ =
  'query Read($sid: MessageSid!) { message(sid: $sid) { sid status direction from to body dateSent } }';
const READERS = 4;
/** The number of the message that is read next: a cached one would cost no call. */
let next = 0;

/** Reads messages of Twilio, some side by side, each one once. @returns reads per second */
export async function readMessages(gateway: BenchGateway, total: number, ms: number): Promise<number> {
  const begun = performance.now();
  let read = 0;
  const reader = async () => {
    while (performance.now() - begun < ms) {
      next = (next + 7_919) % total;
      await gateway.query(READ, { sid: sidOf(next) });
      read += 1;
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return (read * 1000) / (performance.now() - begun);
}

const FROM_HISTORY = [
  '{ messages(first: 50, filter: { outcome: [FAILED] }, source: HISTORY) { totalCount nodes { sid status body } } }',
  '{ messages(first: 50, filter: { text: "invoice doctor" }, source: HISTORY) { nodes { sid body } } }',
  '{ messageStats(groupBy: [STATUS, ERROR_CODE], interval: DAY, source: HISTORY) { groups { start status measures { messages } } } }',
  '{ threads(first: 50, source: HISTORY) { nodes { participant } } }',
];

/** Reads the copy through GraphQL, some queries side by side: what they need in memory counts. */
export async function readHistory(gateway: BenchGateway): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await Promise.all(FROM_HISTORY.map((query) => gateway.query(query)));
  }
}
