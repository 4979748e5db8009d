import { compile } from './compile.ts';
import { Connection } from './connection.ts';
import type { RunJob, RunResult } from './jobs.ts';

/** Runs a closed loop: warms up, then measures. @param notify called at the start and end of the measurement */
export async function run(job: RunJob, notify: (kind: 'measuring' | 'measured') => void): Promise<RunResult> {
  const next = compile(job.request, job.tail);
  const times: number[] = [];
  let requests = 0;
  let wrong = 0;
  let expected = -1;
  let countedFrom = Number.POSITIVE_INFINITY;
  let ended = false;

  async function loop(): Promise<void> {
    const connection = new Connection(job.port);
    while (!ended) {
      const begun = performance.now();
      try {
        const { status, length } = await connection.send(next());
        // All accounts have the same data, so all correct responses have the same length.
        if (expected < 0) expected = length;
        const right = status === 200 && (length === expected || job.sameLength === false);
        const now = performance.now();
        // A request counts in the interval of its response; its duration counts only if it also started there.
        if (now < countedFrom || ended) continue;
        if (right) requests += 1;
        else wrong += 1;
        if (right && begun >= countedFrom) times.push(now - begun);
      } catch {
        if (performance.now() >= countedFrom && !ended) wrong += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    connection.close();
  }

  const loops = Array.from({ length: job.concurrency }, loop);
  await new Promise((resolve) => setTimeout(resolve, job.warmupMs));
  notify('measuring');
  countedFrom = performance.now();
  await new Promise((resolve) => setTimeout(resolve, job.durationMs));
  ended = true;
  notify('measured');
  const seconds = (performance.now() - countedFrom) / 1000;
  await Promise.all(loops);
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { requests, seconds, p50: at(0.5), p99: at(0.99), wrong };
}
