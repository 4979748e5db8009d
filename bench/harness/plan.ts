import type { PhasePlan, RunPlan } from './measure.ts';
import { TARGETS, type Target } from './targets.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export interface PlanOptions {
  readonly quick: boolean;
  readonly repetitions: number;
  /** Duration of each measured interval. */
  readonly durationMs: number;
  readonly latencies: readonly number[];
  readonly targets: readonly string[] | undefined;
  readonly workloads: readonly string[] | undefined;
}

/** Measured only in W1 by the quick plan. */
const ONLY_W1_IN_QUICK = ['gateway-log', 'yoga', 'floor-parse', 'floor-pipe'];

export const chosenTargets = ({ targets }: PlanOptions): Target[] =>
  TARGETS.filter(({ id, absent }) => !absent && (!targets || targets.includes(id)));

/** Plans all runs; every other repetition goes through the servers in reverse. */
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
  if (latencyMs === 0) return !ONLY_W1_IN_QUICK.includes(id) || workload === 'W1';
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
    // Long enough for the JIT to compile hot code.
    warmupMs: Math.max((durationMs * share) / 2, quick ? 300 : 1_000),
    durationMs: durationMs * share,
  });
  if (!quick) {
    const cold = [phase('cold', 1, 0.5), phase('cold', 32)];
    // With 50 ms of latency, the concurrency is the limit, not the server.
    return [...cold, phase('hot', 1, 0.25), ...(latencyMs === 0 ? [phase('hot', 32)] : [])];
  }
  if (latencyMs > 0) return [phase('cold', 1)];
  const cold = { ...phase('cold', 32), warmupMs: durationMs * 0.75 };
  const hot = id === 'gateway' || id === 'mercurius' ? [phase('hot', 32, 0.5)] : [];
  const alone = id === 'gateway' && workload === 'W1' ? [phase('cold', 1, 0.5)] : [];
  return [cold, ...hot, ...alone];
}
