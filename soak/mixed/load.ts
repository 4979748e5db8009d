import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { readTruth } from './data.ts';
import { createQueries, type Query } from './queries.ts';

/** A job of the mixed load generator, which runs in a separate process and takes one job at a time. */
export interface MixedJob {
  readonly url: string;
  readonly epoch: number;
  readonly rate: number;
  readonly seconds: number;
  /** Sends only queries that were never sent before. */
  readonly unseenOnly?: boolean;
}

export interface Tally {
  sent: number;
  right: number;
  /** Number of errors by documented code. */
  failed: Record<string, number>;
  /** Aborted by the client. */
  left: number;
  stale: number;
  /** Number of wrong responses by problem. */
  wrong: Record<string, number>;
  /** Times of failures, in milliseconds since 1970. */
  failures: number[];
}

/** The error codes that Twilio's faults may cause; see docs/errors.md. */
const CODES = new Set([
  'TWILIO_UNAVAILABLE',
  'TWILIO_RATE_LIMITED',
  'TWILIO_INVALID_RESPONSE',
  'TWILIO_ERROR',
  'REQUEST_TIMEOUT',
  'GATEWAY_OVERLOADED',
]);
const ABORTED_SHARE = 0.03;
const STALE_SHARE = 0.1;
const TIMEOUT_MS = 40_000;

interface GraphQLResult {
  data?: Record<string, unknown> | null;
  errors?: readonly { extensions?: { code?: string } }[];
  extensions?: { stale?: unknown };
}

const agent = new Agent({ connections: 200 });
let queries: ReturnType<typeof createQueries> | undefined;

async function send(url: string, request: Query, tally: Tally): Promise<void> {
  tally.sent += 1;
  const aborts = Math.random() < ABORTED_SHARE;
  const cacheControl = Math.random() < STALE_SHARE ? { 'cache-control': 'stale-if-error=60' } : {};
  const wrong = (problem: string) => {
    const key = `${request.name}: ${problem}`;
    tally.wrong[key] = (tally.wrong[key] ?? 0) + 1;
  };
  try {
    const response = await fetch(`${url}/graphql`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...cacheControl },
      body: JSON.stringify({ query: request.query, variables: request.variables }),
      signal: AbortSignal.timeout(aborts ? 5 + Math.random() * 40 : TIMEOUT_MS),
    });
    const { data, errors, extensions } = (await response.json()) as GraphQLResult;
    if (extensions?.stale) tally.stale += 1;
    if (!errors) {
      const problem = request.problemOf(data as never);
      if (problem) wrong(problem);
      else tally.right += 1;
      return;
    }
    tally.failures.push(Date.now());
    for (const { extensions: { code = 'no code' } = {} } of errors) {
      tally.failed[code] = (tally.failed[code] ?? 0) + 1;
      if (!CODES.has(code)) wrong(`the code ${code}`);
    }
  } catch (error) {
    if (aborts) tally.left += 1;
    else wrong(`no response: ${error instanceof Error ? error.name : ''}`);
  }
}

async function run({ url, epoch, rate, seconds, unseenOnly }: MixedJob): Promise<Tally> {
  queries ??= createQueries(await readTruth(epoch));
  const tally: Tally = { sent: 0, right: 0, failed: {}, left: 0, stale: 0, wrong: {}, failures: [] };
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let sent = 0; sent < rate * seconds; ) {
    for (; (sent * 1000) / rate <= performance.now() - startedAt && sent < rate * seconds; sent += 1) {
      const one = send(url, unseenOnly ? queries.unseen() : queries.next(), tally);
      running.add(one);
      void one.finally(() => running.delete(one));
    }
    await sleep(5);
  }
  await Promise.all(running);
  return tally;
}

process.on('message', async (job: MixedJob) => {
  const reply = await run(job).then(
    (tally) => ({ tally }),
    (error: unknown) => ({ failed: String(error) }),
  );
  process.send?.(reply);
});
process.once('disconnect', () => process.exit(0));
