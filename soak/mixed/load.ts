import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { readTruth } from './data.ts';
import { createQueries, type Query } from './queries.ts';

/** The load generator of the mixed load, a process of its own. Jobs come one after the other. */
export interface MixedJob {
  readonly url: string;
  readonly epoch: number;
  readonly rate: number;
  readonly seconds: number;
  /** Queries nobody has sent before, and nothing else. */
  readonly unseenOnly?: boolean;
}

export interface Tally {
  sent: number;
  right: number;
  /** Null with one of the documented codes. */
  failed: Record<string, number>;
  /** Cut off by the client itself. */
  left: number;
  stale: number;
  /** What was wrong, and how often. */
  wrong: Record<string, number>;
  /** When each failed, in milliseconds since 1970. */
  failures: number[];
}

/** What a stumbling Twilio, and nothing else, may come to. README.md lists them. */
const CODES = new Set([
  'TWILIO_UNAVAILABLE',
  'TWILIO_RATE_LIMITED',
  'TWILIO_INVALID_RESPONSE',
  'TWILIO_ERROR',
  'REQUEST_TIMEOUT',
  'GATEWAY_OVERLOADED',
]);
const LEAVES = 0.03;
const TAKES_STALE = 0.1;
const LONGEST_MS = 40_000;

interface GraphQLAnswer {
  data?: Record<string, unknown> | null;
  errors?: readonly { extensions?: { code?: string } }[];
  extensions?: { stale?: unknown };
}

const agent = new Agent({ connections: 200 });
let queries: ReturnType<typeof createQueries> | undefined;

async function ask(url: string, asked: Query, tally: Tally): Promise<void> {
  tally.sent += 1;
  const leaves = Math.random() < LEAVES;
  const cacheControl = Math.random() < TAKES_STALE ? { 'cache-control': 'stale-if-error=60' } : {};
  const wrong = (problem: string) => {
    const key = `${asked.name}: ${problem}`;
    tally.wrong[key] = (tally.wrong[key] ?? 0) + 1;
  };
  try {
    const response = await fetch(`${url}/graphql`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...cacheControl },
      body: JSON.stringify({ query: asked.query, variables: asked.variables }),
      signal: AbortSignal.timeout(leaves ? 5 + Math.random() * 40 : LONGEST_MS),
    });
    const { data, errors, extensions } = (await response.json()) as GraphQLAnswer;
    if (extensions?.stale) tally.stale += 1;
    if (!errors) {
      const problem = asked.judge(data as never);
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
    if (leaves) tally.left += 1;
    else wrong(`no answer: ${error instanceof Error ? error.name : ''}`);
  }
}

async function run({ url, epoch, rate, seconds, unseenOnly }: MixedJob): Promise<Tally> {
  queries ??= createQueries(await readTruth(epoch));
  const tally: Tally = { sent: 0, right: 0, failed: {}, left: 0, stale: 0, wrong: {}, failures: [] };
  const running = new Set<Promise<void>>();
  const begun = performance.now();
  for (let sent = 0; sent < rate * seconds; ) {
    for (; (sent * 1000) / rate <= performance.now() - begun && sent < rate * seconds; sent += 1) {
      const one = ask(url, unseenOnly ? queries.unseen() : queries.next(), tally);
      running.add(one);
      void one.finally(() => running.delete(one));
    }
    await sleep(5);
  }
  await Promise.all(running);
  return tally;
}

process.on('message', async (job: MixedJob) => {
  const answer = await run(job).then(
    (tally) => ({ tally }),
    (error: unknown) => ({ failed: String(error) }),
  );
  process.send?.(answer);
});
process.once('disconnect', () => process.exit(0));
