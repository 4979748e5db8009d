import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cores } from '../bench/harness/machine.ts';
import { usageOf } from '../bench/harness/process-usage.ts';
import { startUpstream } from '../bench/harness/upstream-process.ts';
import { createListRequests } from './load/list-requests.ts';
import { openLoop } from './load/open-loop.ts';
import type { Options } from './options.ts';
import { type Started, startGateway } from './processes.ts';
import { atMost, type Report, round } from './report.ts';
import { fillStore } from './store.ts';

const CREDENTIALS = 1_000;
const KEYS_EACH = 10;
/** Requests per second, well below the capacity, because only the cost is measured. */
const RATE = 100;
const INTERVAL_SECONDS = 3;

const accountOf = (index: number) => `ACbe4c0000${index.toString(16).padStart(24, '0')}`;
const callers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`caller-${index}`, accountOf(index)]));

interface Measured {
  readonly startMs: number;
  readonly rssMiB: number;
  /** CPU milliseconds per request in each interval. */
  readonly costs: number[];
}

/** Compares a gateway with many credentials and API keys in its store to one with a single key. */
export async function manyKeys(options: Options, cores: Cores | null): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'twilio-soak-'));
  const upstream = await startUpstream(cores?.load);
  const open: Started[] = [];
  try {
    const sides = [];
    for (const [count, keysEach] of [
      [1, 1],
      [CREDENTIALS, KEYS_EACH],
    ] as const) {
      const store = await fillStore(directory, callers(count), keysEach);
      const env = { ...store.env, ...options.env };
      // Start once before, so that both have a warm compile cache.
      await (await startGateway(cores?.server, upstream.url, null, env)).stop();
      const startedAt = performance.now();
      const gateway = await startGateway(cores?.server, upstream.url, null, env);
      open.push(gateway);
      const startMs = performance.now() - startedAt;
      const apiKey = store.apiKeys[`caller-${count - 1}`]?.at(-1);
      const next = await createListRequests(gateway.port, apiKey);
      const measured: Measured = { startMs, rssMiB: usageOf(gateway.pid).rss, costs: [] };
      sides.push({ gateway, next, measured });
    }
    // Alternate, so that other load on the machine affects both. The first intervals are the warm-up.
    for (let round = 0; round < (options.quick ? 4 : 11); round += 1) {
      for (const { gateway, next, measured } of round % 2 === 0 ? sides : [...sides].reverse()) {
        const before = usageOf(gateway.pid).cpu;
        const outcomes = await openLoop({ port: gateway.port, rate: RATE, seconds: INTERVAL_SECONDS }, next);
        if (outcomes.some(({ kind }) => kind !== 'accepted')) throw new Error('A request failed.');
        const cost = ((usageOf(gateway.pid).cpu - before) * 1_000) / outcomes.length;
        if (round > 0) measured.costs.push(cost);
      }
    }
    const [one, many] = sides.map(({ measured }) => measured) as [Measured, Measured];
    return report(one, many);
  } finally {
    await Promise.all([...open.map((gateway) => gateway.stop()), upstream.stop()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function report(one: Measured, many: Measured): Report {
  const row = (name: string, { costs, startMs, rssMiB }: Measured) => [
    name,
    ...[median(costs), startMs, rssMiB].map(round),
  ];
  return {
    part: 'many-keys',
    about: `A gateway with ${CREDENTIALS} credentials and ${CREDENTIALS * KEYS_EACH} API keys in its store, beside one with a single key: ${RATE} lists of 50 messages per second, in alternating intervals of ${INTERVAL_SECONDS} s.`,
    goals: [
      atMost('CPU per request, beside one key', median(many.costs) / median(one.costs), 1.05, '×'),
      atMost('additional start-up time', many.startMs - one.startMs, 300, ' ms'),
      atMost('additional memory after the first response', many.rssMiB - one.rssMiB, 50, ' MiB'),
    ],
    tables: [
      {
        title: 'Stores',
        rows: [
          ['', 'CPU ms per request', 'start, ms', 'RSS, MiB'],
          row('1 credential, 1 key', one),
          row(`${CREDENTIALS} credentials, ${CREDENTIALS * KEYS_EACH} keys`, many),
        ],
      },
    ],
    figures: { one, many },
  };
}
