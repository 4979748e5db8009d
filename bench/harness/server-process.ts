import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { freePort, startNode, stopNode, untilReady } from './child-process.ts';
import { peakOf, usageOf } from './process-usage.ts';
import type { Target } from './targets.ts';
import { requestOf, type Workload } from './workloads.ts';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Time from the start of the process to its first successful response, in milliseconds. */
  readonly firstAnswerMs: number;
  /** Resident memory at that time, in MiB. */
  readonly rssStart: number;
  /** Stops it. Returns its peak memory, and its memory shortly after the load, in MiB. */
  stop(): Promise<{ rssPeak: number; rssAfter: number }>;
}

/** Starts a new server under test and waits for its first successful response to the workload. */
export async function startServer(bench: Bench, target: Target, workload: Workload): Promise<RunningServer> {
  const scratch = mkdtempSync(join(tmpdir(), 'twilio-bench-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { path, body } = requestOf(workload, target.dialect);
  const begun = performance.now();
  const child = startNode({
    core: bench.cores?.server,
    cwd: target.cwd,
    args: [...bench.nodeArgs, target.script],
    env: { PORT: String(port), ...target.env(bench.upstream.url, scratch) },
  });
  const pid = child.pid as number;
  const end = async () => {
    await stopNode(child);
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const headers = { 'content-type': 'application/json' };
    const first = body.replaceAll('{tail}', 'f'.repeat(24));
    await untilReady(
      async () => {
        const response = await fetch(url + path, { method: 'POST', headers, body: first });
        await response.arrayBuffer();
        return response.ok;
      },
      child,
      60_000,
    );
  } catch (error) {
    await end();
    throw new Error(`${target.label} does not start: ${error instanceof Error ? error.message : error}`);
  }
  const firstAnswerMs = performance.now() - begun;
  return {
    url,
    port,
    pid,
    firstAnswerMs,
    rssStart: usageOf(pid).rss,
    async stop() {
      await sleep(bench.quick ? 150 : 500);
      const memory = { rssPeak: peakOf(pid), rssAfter: usageOf(pid).rss };
      await end();
      return memory;
    },
  };
}
