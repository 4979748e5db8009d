/** Formats a Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`.replaceAll('|  |', '| |')).join('');
}

/**
 * Replaces the first table under a heading.
 *
 * @throws {Error} if the heading or its table is missing
 */
export function replaceTable(markdown: string, heading: string, replacement: string): string {
  const start = markdown.indexOf(`\n## ${heading}\n`);
  const [old] = /^(?:\|.*\|\n)+/m.exec(start < 0 ? '' : markdown.slice(start)) ?? [];
  if (!old) throw new Error(`There is no table under "${heading}".`);
  return markdown.slice(0, start) + markdown.slice(start).replace(old, () => replacement);
}
