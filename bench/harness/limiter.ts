import type { Bench } from './bench.ts';
import { startServer } from './server-process.ts';
import type { Target } from './targets.ts';
import { directRequest, OWN_TAIL, singleMessage } from './workloads.ts';

/** One interval with one limit of the upstream, measured after the gateway had time to settle. */
export interface LimiterPhase {
  readonly limit: number;
  readonly callsPerSecond: number;
  /** Throughput of a client that knows the limit and keeps exactly that many calls in flight. */
  readonly knowingPerSecond: number;
  /** Share of calls that got 429. */
  readonly refusedShare: number;
  readonly failedRequests: number;
  readonly settleMs: number;
}

const LIMITS = [10, 100, 30];
const LATENCY_MS = 100;
const CONCURRENCY = 200;

/** Changes the upstream's limit while the gateway has more load than any of the limits allows. */
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
  const server = await startServer(bench, target, 'W1');
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
        // Each call resets the counts, so that the second returns those between the two.
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
