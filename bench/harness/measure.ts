import { randomBytes } from 'node:crypto';
import type { Bench } from './bench.ts';
import { checkResponse } from './check-response.ts';
import { usageOf } from './process-usage.ts';
import { startServer } from './server-process.ts';
import type { Target } from './targets.ts';
import { callsIn } from './upstream-process.ts';
import { OWN_TAIL, requestOf, type Workload } from './workloads.ts';

export type Mode = 'cold' | 'hot';

/** One interval of load on one process. */
export interface PhasePlan {
  readonly mode: Mode;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

export interface Phase {
  readonly mode: Mode;
  readonly concurrency: number;
  readonly requests: number;
  readonly wrong: number;
  readonly requestsPerSecond: number;
  /** Requests per second of the server's CPU time, i.e. of a core used only by the server. */
  readonly requestsPerCore: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The server's CPU time per request, in milliseconds. */
  readonly cpuMs: number;
  /** Share of a core used by the server, and by the load generator and the upstream together. */
  readonly serverShare: number;
  readonly loadShare: number;
  /** Actual by planned duration; above 1 when the machine was busy. */
  readonly overrun: number;
}

/** The results of one new process. Memory in MiB. */
export interface Run {
  readonly target: string;
  readonly workload: Workload;
  readonly latencyMs: number;
  readonly repetition: number;
  readonly firstAnswerMs: number;
  readonly rssStart: number;
  readonly rssPeak: number;
  readonly rssAfter: number;
  /** Upstream calls of one request. */
  readonly calls: Readonly<Record<Mode, number>>;
  readonly phases: readonly Phase[];
}

export interface RunPlan {
  readonly target: Target;
  readonly workload: Workload;
  readonly latencyMs: number;
  readonly repetition: number;
  readonly phases: readonly PhasePlan[];
}

/** Starts a new process, checks its responses, measures it under load, and stops it. */
export async function measure(bench: Bench, plan: RunPlan): Promise<Run> {
  const { target, workload, latencyMs, repetition } = plan;
  const { upstream } = bench;
  await upstream.set({ latencyMs, limit: null });
  const server = await startServer(bench, target, workload);
  let memory = { rssPeak: 0, rssAfter: 0 };
  const phases: Phase[] = [];
  const calls = { cold: 0, hot: 0 };
  try {
    const countCalls = async (tail: string) => {
      await upstream.set({});
      await checkResponse(target, server.url, workload, tail, upstream.newest);
      return callsIn(await upstream.set({}));
    };
    calls.cold = await countCalls(randomBytes(12).toString('hex'));
    // The third request counts, because caches may admit only repeated requests.
    for (let i = 0; i < 3; i += 1) calls.hot = await countCalls(OWN_TAIL);
    for (const phase of plan.phases) phases.push(await undisturbed(() => load(bench, plan, phase, server)));
  } finally {
    memory = await server.stop();
  }
  const { firstAnswerMs, rssStart } = server;
  return {
    target: target.id,
    workload,
    latencyMs,
    repetition,
    firstAnswerMs,
    rssStart,
    ...memory,
    calls,
    phases,
  };
}

/** Repeats an interval that took longer than planned, because the machine was busy; at most twice. */
async function undisturbed(attempt: () => Promise<Phase>): Promise<Phase> {
  let phase = await attempt();
  for (let tries = 1; phase.overrun > 1.1 && tries < 3; tries += 1) phase = await attempt();
  return phase;
}

async function load(
  bench: Bench,
  { target, workload }: RunPlan,
  phase: PhasePlan,
  server: { port: number; pid: number },
): Promise<Phase> {
  const { mode, concurrency, warmupMs, durationMs } = phase;
  const used = () => ({
    server: usageOf(server.pid).cpu,
    load: usageOf(bench.load.pid).cpu + usageOf(bench.upstream.pid).cpu,
  });
  let before = used();
  let after = before;
  const result = await bench.load.run(
    {
      port: server.port,
      request: requestOf(workload, target.dialect),
      tail: mode === 'hot' ? OWN_TAIL : null,
      concurrency,
      warmupMs,
      durationMs,
    },
    (mark) => {
      if (mark === 'measuring') before = used();
      else after = used();
    },
  );
  const cpu = after.server - before.server;
  const { requests, wrong, seconds, p50, p99 } = result;
  return {
    mode,
    concurrency,
    requests,
    wrong,
    requestsPerSecond: requests / seconds,
    requestsPerCore: cpu > 0 ? requests / cpu : 0,
    p50,
    p99,
    cpuMs: requests > 0 ? (cpu * 1000) / requests : 0,
    serverShare: cpu / seconds,
    loadShare: (after.load - before.load) / seconds,
    overrun: (seconds * 1000) / durationMs,
  };
}
