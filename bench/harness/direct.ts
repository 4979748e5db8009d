import type { Bench } from './bench.ts';
import { directRequest } from './workloads.ts';

/** Performance of the upstream without a server in front. */
export interface Direct {
  readonly pageSize: number;
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly requestsPerSecond: number;
  readonly p50: number;
}

/** Measures the upstream alone: at concurrency 1 as the baseline of latency, at 32 as its maximum throughput. */
export async function measureDirect(bench: Bench, durationMs: number): Promise<Direct[]> {
  const results: Direct[] = [];
  for (const latencyMs of [0, 50]) {
    for (const pageSize of [50, 1000]) {
      for (const concurrency of latencyMs === 0 ? [1, 32] : [1]) {
        await bench.upstream.set({ latencyMs, limit: null });
        const { requests, seconds, p50 } = await bench.load.run({
          port: bench.upstream.port,
          request: directRequest(pageSize),
          tail: null,
          concurrency,
          warmupMs: durationMs / 2,
          durationMs,
        });
        results.push({ pageSize, latencyMs, concurrency, requestsPerSecond: requests / seconds, p50 });
      }
    }
  }
  return results;
}
