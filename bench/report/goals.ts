import { WORKLOADS } from '../harness/workloads.ts';
import { figure, type Results, ratio, runFigure, spread } from './summary.ts';

export interface Goal {
  readonly name: string;
  /** Undefined if not measured. */
  readonly figure: number | undefined;
  readonly goal: number;
  readonly atLeast: boolean;
  readonly unit: string;
}

export const isMet = ({ figure, goal, atLeast }: Goal): boolean | undefined =>
  figure === undefined ? undefined : atLeast ? figure >= goal : figure <= goal;

const NAMES: Readonly<Record<string, string>> = {
  mercurius: 'Mercurius with JIT',
  apollo: 'Apollo',
  mesh: 'Mesh',
};

/** Returns all goals with their figures. */
export function goalsOf(results: Results): Goal[] {
  return [...ratios(results), ...latencies(results), ...memory(results), ...limiter(results)];
}

const atLeast = (name: string, figure: number | undefined, goal: number, unit: string): Goal => ({
  name,
  figure,
  goal,
  atLeast: true,
  unit,
});
const atMost = (...args: Parameters<typeof atLeast>): Goal => ({ ...atLeast(...args), atLeast: false });

/** Cold requests per CPU second, relative to a peer. */
const COLD: Readonly<Record<string, Readonly<Record<(typeof WORKLOADS)[number], number>>>> = {
  mercurius: { W1: 1, W2: 1.6, W3: 1, W4: 1.1 },
  apollo: { W1: 2.5, W2: 2.5, W3: 2.5, W4: 2.5 },
  mesh: { W1: 4, W2: 4, W3: 4, W4: 4 },
};

function ratios(results: Results): Goal[] {
  const cold = Object.entries(COLD).flatMap(([other, goals]) =>
    WORKLOADS.map((workload) =>
      atLeast(
        `cold ${workload} beside ${NAMES[other]}`,
        ratio(results, workload, 'cold', other),
        goals[workload],
        '×',
      ),
    ),
  );
  const hot = WORKLOADS.flatMap((workload) => [
    atLeast(
      `hot ${workload} beside Mercurius with JIT`,
      ratio(results, workload, 'hot', 'mercurius'),
      6,
      '×',
    ),
    atMost(
      `hot ${workload}: upstream calls of a request`,
      runFigure(results, { target: 'gateway', workload, latencyMs: 0 }, ({ calls }) => calls.hot)?.median,
      0,
      '',
    ),
  ]);
  return [...cold, ...hot];
}

function latencies(results: Results): Goal[] {
  const p50 = (workload: 'W1' | 'W2', latencyMs: number) =>
    figure(
      results,
      { target: 'gateway', workload, latencyMs, mode: 'cold', concurrency: 1 },
      (phase) => phase.p50,
    )?.median;
  const [list, both] = [p50('W1', 50), p50('W2', 50)];
  const added = [0, 50].map((latencyMs) => {
    const direct = results.direct.find(
      (one) => one.latencyMs === latencyMs && one.concurrency === 1 && one.pageSize === 50,
    );
    const own = p50('W1', latencyMs);
    const figure = own !== undefined && direct ? own - direct.p50 : undefined;
    const goal = latencyMs === 0 ? 1 : 2;
    return atMost(`added latency, W1, one at a time, upstream ${latencyMs} ms (p50)`, figure, goal, ' ms');
  });
  return [
    atMost('W2 beside W1, upstream 50 ms (p50)', list && both ? both / list : undefined, 1.15, '×'),
    ...added,
    atMost(
      'first response beside Mercurius with JIT',
      quotient(firstResponse(results, 'gateway'), firstResponse(results, 'mercurius')),
      1.25,
      '×',
    ),
  ];
}

/** From the start of the process, with SQLite and a credential from the environment, in milliseconds. */
function firstResponse(results: Results, id: string): number | undefined {
  const runs = results.runs.filter(({ target, latencyMs }) => target === id && latencyMs === 0);
  return spread(runs.map(({ firstAnswerMs }) => firstAnswerMs))?.median;
}

const quotient = (own: number | undefined, peer: number | undefined): number | undefined =>
  own !== undefined && peer ? own / peer : undefined;

function memory(results: Results): Goal[] {
  const at = (target: string, read: 'rssStart' | 'rssPeak') =>
    runFigure(results, { target, workload: 'W4', latencyMs: 0 }, (run) => run[read])?.median;
  const walks = (['W5', 'W6'] as const).map((workload) => {
    const growths = results.walks
      .filter((walk) => walk.target === 'gateway' && walk.workload === workload)
      .map(({ rssGrowth }) => rssGrowth);
    return atMost(`${workload}: memory growth`, spread(growths)?.most, 64, ' MiB');
  });
  return [
    ...walks,
    atMost(
      'memory after start beside Mercurius with JIT',
      quotient(at('gateway', 'rssStart'), at('mercurius', 'rssStart')),
      1.25,
      '×',
    ),
    atMost(
      'peak memory under W4 at concurrency 32 beside the parse floor',
      quotient(at('gateway', 'rssPeak'), at('floor-parse', 'rssPeak')),
      1,
      '×',
    ),
  ];
}

function limiter({ limiter }: Results): Goal[] {
  return limiter.flatMap(({ limit, callsPerSecond, knowingPerSecond, refusedShare }) => [
    atLeast(
      `limiter, upstream limit ${limit}: relative to a client that knows it`,
      (callsPerSecond / knowingPerSecond) * 100,
      90,
      ' %',
    ),
    atMost(`limiter, upstream limit ${limit}: calls with 429`, refusedShare * 100, 2, ' %'),
  ]);
}
