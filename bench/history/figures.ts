/** A figure of each database, and the target it has to reach. */
interface Row {
  readonly what: string;
  readonly target: string;
  readonly figures: Map<string, string>;
}

/** The table of figures, one column for each database. */
export class Figures {
  readonly #columns: readonly string[];
  readonly #log: (line: string) => void;
  readonly #rows = new Map<string, Row>();
  #column = '';

  constructor(columns: readonly string[], log: (line: string) => void) {
    this.#columns = columns;
    this.#log = log;
  }

  /** Says whose figures follow. */
  begin(column: string): void {
    this.#column = column;
    this.#log(column);
  }

  /** @param reached null for a figure without a target */
  note(what: string, target: string, figure: string, reached: boolean | null): void {
    const row = this.#rows.get(what) ?? { what, target, figures: new Map() };
    this.#rows.set(what, row);
    row.figures.set(this.#column, `${figure}${reached === false ? ' **missed**' : ''}`);
    this.#log(`  ${what}: ${figure}${target ? ` (${target})` : ''}${reached === false ? ' MISSED' : ''}`);
  }

  table(title: string): string {
    const cells = ({ figures }: Row) => this.#columns.map((column) => figures.get(column) ?? '').join(' | ');
    return [
      `| ${title} | target | ${this.#columns.join(' | ')} |`,
      `| --- | --- |${this.#columns.map(() => ' --- |').join('')}`,
      ...[...this.#rows.values()].map((row) => `| ${row.what} | ${row.target} | ${cells(row)} |`),
    ].join('\n');
  }
}

/** Repeats work for a time, but five times at least. @returns its times in ascending order, in ms, without those that warm up */
export async function timesOf(
  work: (turn: number) => Promise<unknown>,
  { mostMs, turns }: { readonly mostMs: number; readonly turns: number },
): Promise<{ readonly times: number[]; readonly isStopped: boolean }> {
  const times: number[] = [];
  const begun = performance.now();
  let isStopped = false;
  for (let turn = 0; turn < turns && !isStopped; turn += 1) {
    const start = performance.now();
    await work(turn);
    times.push(performance.now() - start);
    isStopped = times.length >= 5 && performance.now() - begun > mostMs;
  }
  times.splice(0, Math.max(1, Math.floor(times.length / 20)));
  return { times: times.sort((a, b) => a - b), isStopped };
}

export const at = (times: readonly number[], share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
