import { TARGETS } from '../harness/targets.ts';
import { TITLES } from '../harness/workloads.ts';
import type { Results } from './summary.ts';

interface Tools {
  round(value: number | undefined): string;
  grid(head: readonly string[], rows: readonly (readonly string[])[]): string;
}

/** What is not a load table: the walks, the upstream alone, the limiter. */
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
    `W5: ${TITLES.W5}; W6: ${TITLES.W6}. Only the gateway filters by status; of the others everything is read and the client keeps what it wants. Growth: the most memory of the last three quarters over the most of the first.`,
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
    '## The upstream alone, with the load generator on its core',
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
    '## The limiter, under 200 requests at once, upstream 100 ms',
    grid(['limit', 'calls/s', 'knowing it', 'share', 'refused', 'failed requests', 'settled for s'], rows),
  ];
}
