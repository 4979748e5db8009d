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

function ratios(results: Results): Goal[] {
  const cold = Object.entries({ mercurius: 1, apollo: 2.5, mesh: 4 }).flatMap(([other, goal]) =>
    WORKLOADS.map((workload) =>
      atLeast(`cold ${workload} beside ${NAMES[other]}`, ratio(results, workload, 'cold', other), goal, '×'),
    ),
  );
  const hot = WORKLOADS.flatMap((workload) => [
    atLeast(
      `hot ${workload} beside Mercurius with JIT`,
      ratio(results, workload, 'hot', 'mercurius'),
      3,
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
    return atMost(`added latency, W1, one at a time, upstream ${latencyMs} ms (p50)`, figure, 2, ' ms');
  });
  return [
    atMost('W2 beside W1, upstream 50 ms (p50)', list && both ? both / list : undefined, 1.15, '×'),
    ...added,
    atMost(
      'first response (SQLite, credential from the environment)',
      spread(
        results.runs
          .filter(({ target, latencyMs }) => target === 'gateway' && latencyMs === 0)
          .map(({ firstAnswerMs }) => firstAnswerMs),
      )?.median,
      700,
      ' ms',
    ),
  ];
}

function memory(results: Results): Goal[] {
  const at = (read: 'rssStart' | 'rssPeak') =>
    runFigure(results, { target: 'gateway', workload: 'W4', latencyMs: 0 }, (run) => run[read])?.median;
  const walks = (['W5', 'W6'] as const).map((workload) => {
    const growths = results.walks
      .filter((walk) => walk.target === 'gateway' && walk.workload === workload)
      .map(({ rssGrowth }) => rssGrowth);
    return atMost(`${workload}: memory growth`, spread(growths)?.most, 64, ' MiB');
  });
  return [
    ...walks,
    atMost('memory after start', at('rssStart'), 150, ' MiB'),
    atMost('memory under W4 at concurrency 32 (peak)', at('rssPeak'), 300, ' MiB'),
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
