import { setTimeout as sleep } from 'node:timers/promises';
import { type Cores, startNode, stopNode } from '../bench/harness/machine.ts';
import { startUpstream } from '../bench/harness/upstream-process.ts';
import { OWN_TAIL } from '../bench/harness/workloads.ts';
import { atMost, type Report, round } from './goals.ts';
import type { OpenLoopJob, Outcome } from './load/open-loop.ts';
import { type Summary, summarise } from './load/statistics.ts';
import type { Options } from './options.ts';
import { ROOT, startGateway } from './processes.ts';
import { recoveredAfter } from './recovery.ts';

const CREDENTIAL = {
  accountSid: `ACbe4c0000${OWN_TAIL}`,
  clientId: `OQ${'b'.repeat(32)}`,
  clientSecret: 'made-up-secret-of-the-soak',
};
/**
 * What a step of the climb may refuse, and by how much its p50 may be above the best, to count as carried. A
 * queue that stands shows in the p50; the p99 of a few seconds shows what else the machine was doing.
 */
const CARRIED = { refused: 0.005, p50: 1.6 };
const STEP = 1.2;
const OVER = 4;
/** Requests per second; the climb goes from the least to the most. */
const MOST = 5_000;
const LEAST = 100;
const REST_MS = 500;

interface Step extends Summary {
  readonly carried: boolean;
}

type Run = (rate: number, seconds: number) => Promise<readonly Outcome[]>;

/** Climbs to the rate the gateway carries, then asks at that rate, at four times that rate, and at that rate again. */
export async function overload(
  { quick, latencyMs, rate, env }: Options,
  cores: Cores | null,
): Promise<Report> {
  const upstream = await startUpstream(cores?.load);
  await upstream.set({ latencyMs });
  const gateway = await startGateway(cores?.server, upstream.url, CREDENTIAL, env);
  const load = startNode({ core: cores?.load, cwd: ROOT, args: ['soak/load.ts'], ipc: true });
  const run: Run = (rate, seconds) =>
    new Promise((resolve, reject) => {
      load.once('message', ({ outcomes, failed }: { outcomes: Outcome[]; failed?: string }) =>
        failed ? reject(new Error(failed)) : resolve(outcomes),
      );
      load.send({ port: gateway.port, rate, seconds } satisfies OpenLoopJob);
    });
  try {
    await run(80, quick ? 4 : 10);
    const steps = await climb(run, quick ? 2 : 3, rate);
    const seconds = { before: quick ? 6 : 15, over: quick ? 10 : 30, after: quick ? 6 : 10 };
    const { sustainable, outcomes: before } = await hold(run, steps, seconds.before);
    const over = await run(sustainable * OVER, seconds.over);
    const after = await run(sustainable, seconds.after);
    const stages = {
      '1×': summarise(before, seconds.before),
      '4×': summarise(over, seconds.over),
      '1× again': summarise(after, seconds.after),
    };
    const recovery = recoveredAfter(after, 2 * stages['1×'].acceptedP99);
    return report(stages, steps, { sustainable, recovery, latencyMs });
  } finally {
    await Promise.all([stopNode(load), gateway.stop(), upstream.stop()]);
  }
}

/** Ends where two steps in a row were too much: one may be another program's doing. */
async function climb(run: Run, seconds: number, known: number | undefined): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (let rate = known ?? LEAST; ; rate *= STEP) {
    const summary = summarise(await run(rate, seconds), seconds);
    steps.push({ ...summary, carried: isCarried(summary, [...steps, summary]) });
    if (known) return steps;
    if (steps.slice(-2).filter(({ carried }) => !carried).length === 2 || rate > MOST) return steps;
    await sleep(REST_MS);
  }
}

/** The most of the steps' rates that is carried for longer than a step, too. */
async function hold(run: Run, steps: readonly Step[], seconds: number) {
  const most = (steps.findLast(({ carried }) => carried) ?? steps[0])?.rate ?? LEAST;
  for (let sustainable = most; ; sustainable /= STEP) {
    await sleep(REST_MS);
    const outcomes = await run(sustainable, seconds);
    if (isCarried(summarise(outcomes, seconds), steps) || sustainable < LEAST)
      return { sustainable, outcomes };
  }
}

function isCarried(summary: Summary, steps: readonly Summary[]): boolean {
  const best = Math.min(...steps.map(({ acceptedP50 }) => acceptedP50));
  const asked = summary.accepted + summary.refused + summary.broken;
  return (
    summary.refused + summary.broken <= CARRIED.refused * asked && summary.acceptedP50 <= CARRIED.p50 * best
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
    about: `${round(sustainable)} lists of 50 messages per second are carried; upstream ${latencyMs} ms. Times are in milliseconds and count from when a request was due.`,
    goals: [
      atMost(
        'accepted at 4×: p99 beside that at 1×',
        stages['4×'].acceptedP99 / stages['1×'].acceptedP99,
        2,
        '×',
      ),
      atMost('refused at 4×: p99', stages['4×'].refusedP99, 50, ' ms'),
      atMost('time to recover', recovery, 5, ' s'),
      atMost('wrong answers', sum('wrong'), 0),
      atMost('answers that did not come', sum('broken'), 0),
    ],
    tables: [
      { title: 'Stages', rows: table(Object.entries(stages)) },
      {
        title: 'The climb',
        rows: table(steps.map((step) => [step.carried ? 'carried' : 'too much', step])),
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
    'refused',
    'p50',
    'p99',
    'refused p50',
    'refused p99',
    'refused max',
    'sent late p99',
  ];
  return [
    head,
    ...entries.map(([name, s]) => [
      name,
      ...[s.rate, s.accepted, s.refused, s.acceptedP50, s.acceptedP99].map(round),
      ...[s.refusedP50, s.refusedP99, s.refusedMax, s.lagP99].map(round),
    ]),
  ];
}
