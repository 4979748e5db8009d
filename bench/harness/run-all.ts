import type { Results } from '../report/summary.ts';
import type { Bench } from './bench.ts';
import { measureDirect } from './direct.ts';
import { measureLimiter } from './limiter.ts';
import { measure, type Run } from './measure.ts';
import type { Options } from './options.ts';
import { chosenTargets, planRuns } from './plan.ts';
import { TARGETS } from './targets.ts';
import { directWalk, measureWalk, type Walk } from './walks.ts';

type Measured = Omit<Results, 'machine' | 'quick' | 'seconds'>;

/** Runs the requested measurements; logs and skips those that fail. */
export async function runAll(bench: Bench, options: Options): Promise<Measured> {
  const problems = TARGETS.flatMap(({ label, absent }) => (absent ? [`${label}: ${absent}`] : []));
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      bench.log(problem);
      if (!problems.includes(problem)) problems.push(problem);
      return undefined;
    }
  };
  const includes = (part: string) => options.parts.includes(part);

  const direct = includes('direct')
    ? await attempt(() => measureDirect(bench, options.quick ? 250 : 3_000))
    : [];

  const runs: Run[] = [];
  const plans = includes('load') ? planRuns(options) : [];
  for (const [index, plan] of plans.entries()) {
    const { target, workload, latencyMs } = plan;
    bench.log(`${index + 1}/${plans.length} ${workload} upstream ${latencyMs} ms: ${target.label}`);
    const run = await attempt(() => measure(bench, plan));
    if (run) runs.push(run);
  }

  const walks: Walk[] = [];
  const directWalks: Record<string, number> = {};
  if (includes('walks')) {
    for (const { id, workload, latencyMs } of walksOf(options)) {
      const target = chosenTargets(options).find((one) => one.id === id);
      if (!target) continue;
      bench.log(`${workload} upstream ${latencyMs} ms: ${target.label}`);
      const seconds = await attempt(async () => directWalks[latencyMs] ?? directWalk(bench, latencyMs));
      if (seconds !== undefined) directWalks[latencyMs] = seconds;
      const walk = await attempt(() => measureWalk(bench, target, workload, latencyMs));
      if (walk) walks.push(walk);
    }
  }

  const gateway = chosenTargets(options).find(({ id }) => id === 'gateway');
  if (includes('limiter') && gateway) bench.log('limiter: upstream limit 10, 100, 30');
  const limiter =
    includes('limiter') && gateway
      ? await attempt(() =>
          options.quick
            ? measureLimiter(bench, gateway, 3_000, 1_000)
            : measureLimiter(bench, gateway, 20_000, 10_000),
        )
      : [];

  return { runs, direct: direct ?? [], walks, directWalks, limiter: limiter ?? [], problems };
}

interface WalkPlan {
  readonly id: string;
  readonly workload: 'W5' | 'W6';
  readonly latencyMs: number;
}

function walksOf({ quick, repetitions }: Options): WalkPlan[] {
  const gateway: WalkPlan[] = [
    { id: 'gateway', workload: 'W5', latencyMs: 0 },
    { id: 'gateway', workload: 'W6', latencyMs: 0 },
    { id: 'gateway', workload: 'W6', latencyMs: 50 },
  ];
  if (quick) return gateway;
  const others = ['mercurius', 'apollo', 'mesh', 'yoga'].flatMap((id): WalkPlan[] => [
    { id, workload: 'W5', latencyMs: 0 },
    { id, workload: 'W6', latencyMs: 0 },
    { id, workload: 'W6', latencyMs: 50 },
  ]);
  const all = [...gateway, ...others];
  return Array.from({ length: repetitions }, (_, i) => (i % 2 === 0 ? all : all.toReversed())).flat();
}
