/** A figure and its goal. */
export interface Goal {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean;
}

/** The results of one part. */
export interface Report {
  readonly part: string;
  readonly about: string;
  readonly goals: readonly Goal[];
  /** Further tables; the first row of each is its header. */
  readonly tables: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  /** All figures, for charts. */
  readonly figures: unknown;
}

export function atMost(what: string, value: number, limit: number, unit = ''): Goal {
  return { what, figure: round(value) + unit, goal: `≤ ${round(limit)}${unit}`, met: value <= limit };
}

export function round(value: number): string {
  const size = Math.abs(value);
  return Number.isInteger(value) || size >= 100 ? value.toFixed(0) : value.toFixed(size >= 10 ? 1 : 2);
}

export function writeReport({ part, about, goals, tables }: Report): string {
  const head = ['what', 'figure', 'goal', ''];
  const rows = goals.map(({ what, figure, goal, met }) => [what, figure, goal, met ? 'met' : 'MISSED']);
  return [
    `# ${part}`,
    about,
    grid([head, ...rows]),
    ...tables.flatMap(({ title, rows }) => [`## ${title}`, grid(rows)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function grid(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0), 3));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)].join(
    '\n',
  );
}
