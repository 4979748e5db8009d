import { compile } from './compile.ts';
import { Connection } from './connection.ts';
import type { RunJob, RunResult } from './jobs.ts';

/** A closed loop: what is answered faster is asked more often. Warms up, says so, then counts. */
export async function run(job: RunJob, say: (kind: 'measuring' | 'measured') => void): Promise<RunResult> {
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
        // All accounts hold lists of the same length, so all right answers have the same.
        if (expected < 0) expected = length;
        const right = status === 200 && (length === expected || job.sameLength === false);
        const now = performance.now();
        // A request belongs to the time it was answered in; how long it took counts if it began there, too.
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
  say('measuring');
  countedFrom = performance.now();
  await new Promise((resolve) => setTimeout(resolve, job.durationMs));
  ended = true;
  say('measured');
  const seconds = (performance.now() - countedFrom) / 1000;
  await Promise.all(loops);
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { requests, seconds, p50: at(0.5), p99: at(0.99), wrong };
}
