/** Names at Twilio are free text, and a terminal obeys control characters. */
const CONTROL = /\p{Cc}/gu;

/** Lines of cells, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((cell) => cell.replace(CONTROL, '\u{fffd}')));
  const widths: number[] = [];
  for (const row of safe) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
    }
  }
  return safe
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A table with a heading, or a sentence where there is nothing to put into it. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): string {
  return rows.length > 0 ? columns([heading, ...rows]) : empty;
}

export function dateText(date: Date | null, never = '-'): string {
  return date?.toISOString() ?? never;
}
