/** Replaced in output, because names at Twilio are free text and terminals interpret control characters. */
const CONTROL = /\p{Cc}/gu;

/** Aligns rows of cells in columns. */
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

/** Formats a table with a heading, or returns `empty` without rows. */
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
