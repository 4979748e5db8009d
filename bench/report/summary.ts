import type { Direct } from '../harness/direct.ts';
import type { LimiterPhase } from '../harness/limiter.ts';
import type { Machine } from '../harness/machine.ts';
import type { Mode, Phase, Run } from '../harness/measure.ts';
import type { Walk } from '../harness/walks.ts';
import type { Workload } from '../harness/workloads.ts';

/** All results of one run of the benchmark, as in results/latest.json. */
export interface Results {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly runs: readonly Run[];
  readonly direct: readonly Direct[];
  readonly walks: readonly Walk[];
  /** Seconds of W5 on the upstream alone, by latency. */
  readonly directWalks: Readonly<Record<string, number>>;
  readonly limiter: readonly LimiterPhase[];
  /** Failed measurements and their reasons. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export const spread = (values: readonly number[]): Spread | undefined => {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? 0;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
};

export interface Place {
  readonly target: string;
  readonly workload: Workload;
  readonly latencyMs: number;
  readonly mode: Mode;
  readonly concurrency: number;
}

const runsAt = ({ runs }: Results, place: Omit<Place, 'mode' | 'concurrency'>): Run[] =>
  runs.filter(
    ({ target, workload, latencyMs }) =>
      target === place.target && workload === place.workload && latencyMs === place.latencyMs,
  );

/** Returns a figure over all repetitions; undefined if not measured. */
export function figure(results: Results, place: Place, read: (phase: Phase) => number): Spread | undefined {
  const phases = runsAt(results, place).flatMap((run) => run.phases);
  return spread(
    phases
      .filter(({ mode, concurrency }) => mode === place.mode && concurrency === place.concurrency)
      .map(read),
  );
}

export function runFigure(
  results: Results,
  place: Omit<Place, 'mode' | 'concurrency'>,
  read: (run: Run) => number,
): Spread | undefined {
  return spread(runsAt(results, place).map(read));
}

/** Returns the gateway's requests per core as a multiple of another server's. */
export function ratio(
  results: Results,
  workload: Workload,
  mode: Mode,
  other: string,
  target = 'gateway',
): number | undefined {
  const at = (id: string) =>
    figure(
      results,
      { target: id, workload, latencyMs: 0, mode, concurrency: 32 },
      ({ requestsPerCore }) => requestsPerCore,
    )?.median;
  const [own, its] = [at(target), at(other)];
  return own !== undefined && its ? own / its : undefined;
}
