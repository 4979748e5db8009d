/** What the 2010 API writes for a path that ends in `.csv`: names, then a line for each item (RFC 4180). */
export function toCsv(value: object): string {
  const list = Object.values(value).find(Array.isArray) as object[] | undefined;
  const rows = (list ?? [value]) as Record<string, unknown>[];
  const names = Object.entries(rows[0] ?? {}).flatMap(([name, item]) => (isObject(item) ? [] : [name]));
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

function cell(value: unknown): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
