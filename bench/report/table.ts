import { TARGETS } from '../harness/targets.ts';
import { TITLES, WORKLOADS } from '../harness/workloads.ts';
import { goalsOf, isMet } from './goals.ts';
import { sections } from './sections.ts';
import { figure, type Place, type Results, ratio, runFigure, type Spread } from './summary.ts';

const round = (value: number | undefined): string => {
  if (value === undefined) return '';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
};
const withSpread = (values: Spread | undefined): string =>
  values === undefined
    ? ''
    : values.least === values.most
      ? round(values.median)
      : `${round(values.median)} (${round(values.least)}–${round(values.most)})`;

/** Returns the whole report in Markdown, readable in a terminal too. */
export function tableOf(results: Results): string {
  const { machine, quick, runs, problems } = results;
  const repetitions = Math.max(0, ...runs.map(({ repetition }) => repetition + 1));
  const pinned = machine.pinned
    ? `server on core ${machine.pinned.server}, load and upstream on core ${machine.pinned.load}`
    : 'not pinned, figures are noisy';
  return [
    `# Benchmark, ${quick ? 'quick' : 'full'}`,
    `${machine.date} · ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB · Node ${machine.node} · ${pinned} · ${repetitions} repetition${repetitions === 1 ? '' : 's'}, median (least–most) · took ${Math.round(results.seconds)} s`,
    '## Goals',
    goalTable(results),
    ...[0, 50].flatMap((latencyMs) =>
      (['cold', 'hot'] as const).flatMap((mode) =>
        [32, 1].flatMap((concurrency) => loadTable(results, { latencyMs, mode, concurrency })),
      ),
    ),
    ...sections(results, { round, grid }),
    ...(problems.length > 0 ? ['## Not measured', problems.map((text) => `- ${text}`).join('\n')] : []),
  ].join('\n\n');
}

function goalTable(results: Results): string {
  const rows = goalsOf(results).map((goal) => {
    const met = isMet(goal);
    const bound = `${goal.atLeast ? '≥' : '≤'} ${goal.goal}${goal.unit}`;
    const figure = goal.figure === undefined ? '–' : `${round(goal.figure)}${goal.unit}`;
    return [goal.name, figure, bound, met === undefined ? 'not measured' : met ? 'met' : 'MISSED'];
  });
  return grid(['what', 'figure', 'goal', ''], rows);
}

function loadTable(results: Results, at: Pick<Place, 'latencyMs' | 'mode' | 'concurrency'>): string[] {
  const rows = WORKLOADS.flatMap((workload) =>
    TARGETS.flatMap(({ id, label }) => {
      const place = { target: id, workload, ...at };
      const perCore = figure(results, place, (phase) => phase.requestsPerCore);
      if (!perCore) return [];
      const phase = (read: Parameters<typeof figure>[2]) => figure(results, place, read);
      const run = (read: Parameters<typeof runFigure>[2]) => round(runFigure(results, place, read)?.median);
      const wrong = phase((one) => one.wrong)?.most ?? 0;
      const loadShare = phase((one) => one.loadShare)?.median ?? 0;
      const beside =
        at.latencyMs === 0 && at.concurrency === 32
          ? ratio(results, workload, at.mode, 'mercurius', id)
          : undefined;
      return [
        [
          workload,
          label,
          withSpread(perCore),
          beside === undefined ? '' : `${round(beside)}×`,
          round(phase((one) => one.requestsPerSecond)?.median) + (loadShare > 0.9 ? '*' : ''),
          withSpread(phase((one) => one.p50)),
          round(phase((one) => one.p99)?.median),
          run(({ calls }) => calls[at.mode]),
          round(phase((one) => one.cpuMs)?.median),
          `${run((one) => one.rssStart)} / ${run((one) => one.rssPeak)} / ${run((one) => one.rssAfter)}`,
          run((one) => one.firstAnswerMs),
          wrong > 0 ? `${wrong} wrong` : '',
        ],
      ];
    }),
  );
  if (rows.length === 0) return [];
  const head = [
    '',
    'server',
    'requests/s per core',
    '× Mercurius',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'calls/request',
    'CPU ms/request',
    'MiB start / peak / after',
    'first response ms',
    '',
  ];
  const legend = WORKLOADS.map((workload) => `${workload}: ${TITLES[workload]}`).join('; ');
  return [
    `## ${at.mode}, upstream ${at.latencyMs} ms, concurrency ${at.concurrency}`,
    `${legend}. "Per core" divides by the server's CPU time; × Mercurius compares that. MiB: after start / peak / after the load. A star: the load generator's core was the bottleneck.`,
    grid(head, rows),
  ];
}

/** Formats a padded Markdown table. */
export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0), 3));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}
