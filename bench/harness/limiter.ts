import type { Bench } from './bench.ts';
import { serve } from './server-process.ts';
import type { Target } from './targets.ts';
import { directRequest, OWN_TAIL, singleMessage } from './workloads.ts';

/** One stretch under one limit of the upstream's, measured once the gateway has had time to settle. */
export interface LimiterPhase {
  readonly limit: number;
  readonly callsPerSecond: number;
  /** What a client that knows the limit, and keeps exactly so many calls running, gets. */
  readonly knowingPerSecond: number;
  /** Calls refused with 429, of all calls. */
  readonly refusedShare: number;
  readonly failedRequests: number;
  readonly settleMs: number;
}

const LIMITS = [10, 100, 30];
const LATENCY_MS = 100;
const CONCURRENCY = 200;

/** The upstream changes its limit while the gateway is under more load than any of them admits. */
export async function measureLimiter(
  bench: Bench,
  target: Target,
  settleMs: number,
  durationMs: number,
): Promise<LimiterPhase[]> {
  const { upstream, load } = bench;
  const knowing: number[] = [];
  for (const limit of LIMITS) {
    await upstream.set({ latencyMs: LATENCY_MS, limit });
    const { requests, seconds } = await load.run({
      port: upstream.port,
      request: directRequest(1),
      tail: OWN_TAIL,
      concurrency: limit,
      warmupMs: 300,
      durationMs: 1_000,
    });
    knowing.push(requests / seconds);
  }
  await upstream.set({ latencyMs: LATENCY_MS, limit: null });
  const server = await serve(bench, target, 'W1');
  const phases: LimiterPhase[] = [];
  try {
    for (const [index, limit] of LIMITS.entries()) {
      await upstream.set({ limit });
      let counted = upstream.set({});
      const { seconds, wrong } = await load.run(
        {
          port: server.port,
          request: singleMessage,
          tail: OWN_TAIL,
          concurrency: CONCURRENCY,
          warmupMs: settleMs,
          durationMs,
        },
        // Each asks for the counts and begins them anew, so the second brings those of the time between.
        () => {
          counted = upstream.set({});
        },
      );
      const { answered, refused } = await counted;
      phases.push({
        limit,
        callsPerSecond: answered / seconds,
        knowingPerSecond: knowing[index] ?? 0,
        refusedShare: refused / Math.max(1, answered + refused),
        failedRequests: wrong,
        settleMs,
      });
    }
    return phases;
  } finally {
    await server.stop();
    await upstream.set({ latencyMs: 0, limit: null });
  }
}
