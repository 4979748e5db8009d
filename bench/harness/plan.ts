import type { PhasePlan, RunPlan } from './measure.ts';
import { TARGETS, type Target } from './targets.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export interface PlanOptions {
  readonly quick: boolean;
  readonly repetitions: number;
  /** How long each stretch of load is counted. */
  readonly durationMs: number;
  readonly latencies: readonly number[];
  readonly targets: readonly string[] | undefined;
  readonly workloads: readonly string[] | undefined;
}

/** In the quick plan these stand for themselves in W1 only. */
const SIDE_SHOWS = ['gateway-log', 'yoga', 'floor-parse', 'floor-pipe'];

export const chosenTargets = ({ targets }: PlanOptions): Target[] =>
  TARGETS.filter(({ id, absent }) => !absent && (!targets || targets.includes(id)));

/** All runs in order: one repetition forwards through the servers, the next backwards. */
export function planRuns(options: PlanOptions): RunPlan[] {
  const { quick, repetitions, workloads } = options;
  const targets = chosenTargets(options);
  const plans: RunPlan[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const order = repetition % 2 === 0 ? targets : targets.toReversed();
    for (const latencyMs of options.latencies) {
      for (const workload of WORKLOADS.filter((name) => !workloads || workloads.includes(name))) {
        for (const target of order) {
          if (quick && !isInQuick(target, workload, latencyMs)) continue;
          const phases = phasesOf(options, target, workload, latencyMs);
          plans.push({ target, workload, latencyMs, repetition, phases });
        }
      }
    }
  }
  return plans;
}

function isInQuick({ id }: Target, workload: Workload, latencyMs: number): boolean {
  if (latencyMs === 0) return !SIDE_SHOWS.includes(id) || workload === 'W1';
  return (id === 'gateway' || id === 'mercurius') && (workload === 'W1' || workload === 'W2');
}

function phasesOf(
  { quick, durationMs }: PlanOptions,
  { id }: Target,
  workload: Workload,
  latencyMs: number,
): PhasePlan[] {
  const phase = (mode: PhasePlan['mode'], concurrency: number, share = 1): PhasePlan => ({
    mode,
    concurrency,
    // What is not compiled yet says little.
    warmupMs: Math.max((durationMs * share) / 2, quick ? 300 : 1_000),
    durationMs: durationMs * share,
  });
  if (!quick) {
    const cold = [phase('cold', 1, 0.5), phase('cold', 32)];
    // Behind 50 ms the concurrency is the bound, not the server.
    return [...cold, phase('hot', 1, 0.25), ...(latencyMs === 0 ? [phase('hot', 32)] : [])];
  }
  if (latencyMs > 0) return [phase('cold', 1)];
  const cold = { ...phase('cold', 32), warmupMs: durationMs * 0.75 };
  const hot = id === 'gateway' || id === 'mercurius' ? [phase('hot', 32, 0.5)] : [];
  const alone = id === 'gateway' && workload === 'W1' ? [phase('cold', 1, 0.5)] : [];
  return [cold, ...hot, ...alone];
}
