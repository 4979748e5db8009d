import { TARGETS } from '../harness/targets.ts';
import { TITLES } from '../harness/workloads.ts';
import type { Results } from './summary.ts';

interface Tools {
  round(value: number | undefined): string;
  grid(head: readonly string[], rows: readonly (readonly string[])[]): string;
}

/** Returns the sections other than load tables: walks, upstream alone, limiter. */
export function sections(results: Results, tools: Tools): string[] {
  return [...walks(results, tools), ...direct(results, tools), ...limiter(results, tools)];
}

function walks({ walks, directWalks }: Results, { round, grid }: Tools): string[] {
  if (walks.length === 0) return [];
  const rows = walks.map((walk) => [
    walk.workload,
    TARGETS.find(({ id }) => id === walk.target)?.label ?? walk.target,
    String(walk.latencyMs),
    round(walk.seconds),
    round(walk.seconds / (directWalks[walk.latencyMs] ?? Number.NaN)),
    String(walk.requests),
    String(walk.upstreamCalls),
    round(walk.cpuSeconds),
    `${round(walk.rssStart)} / ${round(walk.rssPeak)}`,
    round(walk.rssGrowth),
  ]);
  const head = [
    '',
    'server',
    'upstream ms',
    'seconds',
    '× upstream alone',
    'requests',
    'calls',
    'CPU s',
    'MiB start / peak',
    'MiB growth',
  ];
  return [
    '## Walks',
    `W5: ${TITLES.W5}; W6: ${TITLES.W6}. Only the gateway filters by status; for the other servers the client reads everything and filters. Growth: peak memory of the last three quarters minus that of the first.`,
    grid(head, rows),
  ];
}

function direct({ direct }: Results, { round, grid }: Tools): string[] {
  if (direct.length === 0) return [];
  const rows = direct.map((one) => [
    String(one.pageSize),
    String(one.latencyMs),
    String(one.concurrency),
    round(one.requestsPerSecond),
    round(one.p50),
  ]);
  return [
    '## The upstream alone, on the core of the load generator',
    grid(['messages', 'upstream ms', 'concurrency', 'requests/s', 'p50 ms'], rows),
  ];
}

function limiter({ limiter }: Results, { round, grid }: Tools): string[] {
  if (limiter.length === 0) return [];
  const rows = limiter.map((phase) => [
    String(phase.limit),
    round(phase.callsPerSecond),
    round(phase.knowingPerSecond),
    `${round((phase.callsPerSecond / phase.knowingPerSecond) * 100)} %`,
    `${round(phase.refusedShare * 100)} %`,
    String(phase.failedRequests),
    round(phase.settleMs / 1000),
  ]);
  return [
    '## The limiter, with 200 concurrent requests and an upstream latency of 100 ms',
    grid(['limit', 'calls/s', 'with known limit', 'share', '429', 'failed requests', 'settling s'], rows),
  ];
}
