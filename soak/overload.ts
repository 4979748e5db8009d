import { setTimeout as sleep } from 'node:timers/promises';
import { startNode, stopNode } from '../bench/harness/child-process.ts';
import type { Cores } from '../bench/harness/machine.ts';
import { startUpstream } from '../bench/harness/upstream-process.ts';
import { OWN_TAIL } from '../bench/harness/workloads.ts';
import type { OpenLoopJob, Outcome } from './load/open-loop.ts';
import { type Summary, summarize } from './load/statistics.ts';
import type { Options } from './options.ts';
import { ROOT, startGateway } from './processes.ts';
import { recoveryTime } from './recovery.ts';
import { atMost, type Report, round } from './report.ts';

const CREDENTIAL = {
  accountSid: `ACbe4c0000${OWN_TAIL}`,
  clientId: `OQ${'b'.repeat(32)}`,
  clientSecret: 'made-up-secret-of-the-soak',
};
/**
 * Limits of a sustainable rate: the share of rejected requests, and the p50 as a multiple of the best one. A persistent
 * queue shows in the p50; the p99 of a few seconds mostly shows other load on the machine.
 */
const SUSTAINABLE = { rejected: 0.005, p50: 1.6 };
const STEP = 1.2;
const OVERLOAD = 4;
/** Range of the search, in requests per second. */
const MAX_RATE = 5_000;
const MIN_RATE = 100;
const REST_MS = 500;

interface Step extends Summary {
  readonly isSustainable: boolean;
}

type Run = (rate: number, seconds: number) => Promise<readonly Outcome[]>;

/** Finds the sustainable rate, then runs at that rate, at four times that rate, and at that rate again. */
export async function overload(
  { quick, latencyMs, rate, env }: Options,
  cores: Cores | null,
): Promise<Report> {
  const upstream = await startUpstream(cores?.load);
  await upstream.set({ latencyMs });
  const gateway = await startGateway(cores?.server, upstream.url, CREDENTIAL, env);
  const load = startNode({ core: cores?.load, cwd: ROOT, args: ['soak/load-generator.ts'], ipc: true });
  const run: Run = (rate, seconds) =>
    new Promise((resolve, reject) => {
      load.once('message', ({ outcomes, failed }: { outcomes: Outcome[]; failed?: string }) =>
        failed ? reject(new Error(failed)) : resolve(outcomes),
      );
      load.send({ port: gateway.port, rate, seconds } satisfies OpenLoopJob);
    });
  try {
    await run(80, quick ? 4 : 10);
    const steps = await searchRate(run, quick ? 2 : 3, rate);
    const seconds = { before: quick ? 6 : 15, over: quick ? 10 : 30, after: quick ? 6 : 10 };
    const { sustainable, outcomes: before } = await confirmRate(run, steps, seconds.before);
    const over = await run(sustainable * OVERLOAD, seconds.over);
    const after = await run(sustainable, seconds.after);
    const stages = {
      '1×': summarize(before, seconds.before),
      '4×': summarize(over, seconds.over),
      '1× again': summarize(after, seconds.after),
    };
    const recovery = recoveryTime(after, 2 * stages['1×'].acceptedP99);
    return report(stages, steps, { sustainable, recovery, latencyMs });
  } finally {
    await Promise.all([stopNode(load), gateway.stop(), upstream.stop()]);
  }
}

/** Increases the rate until two steps in a row are unsustainable: a single one may have another cause. */
async function searchRate(run: Run, seconds: number, known: number | undefined): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (let rate = known ?? MIN_RATE; ; rate *= STEP) {
    const summary = summarize(await run(rate, seconds), seconds);
    steps.push({ ...summary, isSustainable: isSustainable(summary, [...steps, summary]) });
    if (known) return steps;
    const failures = steps.slice(-2).filter((step) => !step.isSustainable).length;
    if (failures === 2 || rate > MAX_RATE) return steps;
    await sleep(REST_MS);
  }
}

/** Confirms the highest sustainable rate of the search over a longer time, or lowers it. */
async function confirmRate(run: Run, steps: readonly Step[], seconds: number) {
  const highest = (steps.findLast((step) => step.isSustainable) ?? steps[0])?.rate ?? MIN_RATE;
  for (let sustainable = highest; ; sustainable /= STEP) {
    await sleep(REST_MS);
    const outcomes = await run(sustainable, seconds);
    if (isSustainable(summarize(outcomes, seconds), steps) || sustainable < MIN_RATE)
      return { sustainable, outcomes };
  }
}

function isSustainable(summary: Summary, steps: readonly Summary[]): boolean {
  const best = Math.min(...steps.map(({ acceptedP50 }) => acceptedP50));
  const sent = summary.accepted + summary.rejected + summary.broken;
  return (
    summary.rejected + summary.broken <= SUSTAINABLE.rejected * sent &&
    summary.acceptedP50 <= SUSTAINABLE.p50 * best
  );
}

function report(
  stages: Readonly<Record<'1×' | '4×' | '1× again', Summary>>,
  steps: readonly Step[],
  { sustainable, recovery, latencyMs }: { sustainable: number; recovery: number; latencyMs: number },
): Report {
  const all = [...steps, ...Object.values(stages)];
  const sum = (key: 'wrong' | 'broken') => all.reduce((total, stage) => total + stage[key], 0);
  return {
    part: 'overload',
    about: `The sustainable rate is ${round(sustainable)} lists of 50 messages per second; upstream latency ${latencyMs} ms. Times are in milliseconds from when a request was due.`,
    goals: [
      atMost(
        'accepted at 4×: p99 relative to 1×',
        stages['4×'].acceptedP99 / stages['1×'].acceptedP99,
        2,
        '×',
      ),
      atMost('rejected at 4×: p99', stages['4×'].rejectedP99, 50, ' ms'),
      atMost('time to recover', recovery, 5, ' s'),
      atMost('wrong responses', sum('wrong'), 0),
      atMost('missing responses', sum('broken'), 0),
    ],
    tables: [
      { title: 'Stages', rows: table(Object.entries(stages)) },
      {
        title: 'Search for the sustainable rate',
        rows: table(steps.map((step) => [step.isSustainable ? 'sustainable' : 'too high', step])),
      },
    ],
    figures: { sustainable, latencyMs, recovery, stages, steps },
  };
}

function table(entries: readonly (readonly [string, Summary])[]): string[][] {
  const head = [
    '',
    'per second',
    'accepted',
    'rejected',
    'p50',
    'p99',
    'rejected p50',
    'rejected p99',
    'rejected max',
    'send delay p99',
  ];
  return [
    head,
    ...entries.map(([name, s]) => [
      name,
      ...[s.rate, s.accepted, s.rejected, s.acceptedP50, s.acceptedP99].map(round),
      ...[s.rejectedP50, s.rejectedP99, s.rejectedMax, s.lagP99].map(round),
    ]),
  ];
}
