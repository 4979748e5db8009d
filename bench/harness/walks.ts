import { LIST_LENGTH } from '../upstream/messages.ts';
import type { Bench } from './bench.ts';
import { usageOf } from './process-usage.ts';
import { startServer } from './server-process.ts';
import type { Target } from './targets.ts';
import { callsIn } from './upstream-process.ts';
import { directRequest, walkRequest } from './workloads.ts';

/** Results of W5 or W6 on one new process. Memory in MiB. */
export interface Walk {
  readonly target: string;
  readonly workload: 'W5' | 'W6';
  readonly latencyMs: number;
  readonly seconds: number;
  readonly requests: number;
  readonly upstreamCalls: number;
  readonly kept: number;
  readonly cpuSeconds: number;
  readonly rssStart: number;
  readonly rssPeak: number;
  /** Peak of the last three quarters minus peak of the first: growth with the length of a list. */
  readonly rssGrowth: number;
}

const SAMPLE_MS = 40;

/** Walks through the whole list of a new account. @throws when messages are missing */
export async function measureWalk(
  bench: Bench,
  target: Target,
  workload: 'W5' | 'W6',
  latencyMs: number,
): Promise<Walk> {
  const { upstream, load } = bench;
  await upstream.set({ latencyMs, limit: null });
  const server = await startServer(bench, target, 'W1');
  // Only the gateway filters by status; for other servers the client reads everything and filters.
  const filters = workload === 'W6' && target.id.startsWith('gateway');
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(usageOf(server.pid).rss), SAMPLE_MS);
  try {
    await upstream.set({});
    const before = usageOf(server.pid).cpu;
    const result = await load.walk({
      port: server.port,
      request: walkRequest(target.dialect, filters),
      tail: 'a'.repeat(20) + (workload === 'W5' ? '0005' : '0006'),
      shape: target.dialect,
      keepFailed: workload === 'W6',
    });
    const expected = workload === 'W5' ? LIST_LENGTH : LIST_LENGTH / 100;
    if (result.problem || result.kept !== expected || result.distinct !== result.rows) {
      throw new Error(
        `${target.label}: wrong result of ${workload}: ${result.problem ?? `${result.kept} of ${expected} messages`}`,
      );
    }
    const quarter = Math.max(1, Math.floor(samples.length / 4));
    return {
      target: target.id,
      workload,
      latencyMs,
      seconds: result.seconds,
      requests: result.requests,
      upstreamCalls: callsIn(await upstream.set({})),
      kept: result.kept,
      cpuSeconds: usageOf(server.pid).cpu - before,
      rssStart: server.rssStart,
      rssPeak: Math.max(...samples),
      rssGrowth: Math.max(...samples.slice(quarter)) - Math.max(...samples.slice(0, quarter)),
    };
  } finally {
    clearInterval(timer);
    await server.stop();
  }
}

const DIRECT_SHARE = 4;

/**
 * Measures the same walk on the upstream alone, with pages of a thousand, as the lower bound for any server. Walks a
 * quarter of the list and multiplies by four.
 */
export async function directWalk(bench: Bench, latencyMs: number): Promise<number> {
  await bench.upstream.set({ latencyMs, limit: null });
  const { seconds, problem } = await bench.load.walk({
    port: bench.upstream.port,
    request: directRequest(1000),
    tail: 'b'.repeat(24),
    shape: 'upstream',
    keepFailed: true,
    pages: LIST_LENGTH / 1000 / DIRECT_SHARE,
  });
  if (problem) throw new Error(`The upstream cannot be walked: ${problem}`);
  return seconds * DIRECT_SHARE;
}
