import { readdirSync, readFileSync } from 'node:fs';

/** A fenced code block. */
export interface Block {
  lang: string;
  text: string;
  /** Line number of the opening fence, from 1. */
  line: number;
}

export const ROOT = new URL('../../', import.meta.url);

export function readDocument(name: string): string {
  return readFileSync(new URL(name, ROOT), 'utf8');
}

/** Returns all fenced blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    lang: match[1] ?? '',
    text: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

/** Returns the rows, without the header, of the first table under a heading. */
export function tableUnder(markdown: string, heading: string): string[][] {
  const section = markdown.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`There is no heading "${heading}".`);
  const table = /(?:^\|.*\|\n)+/m.exec(section)?.[0] ?? '';
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Returns the text in the first pair of backticks. */
export function codeIn(cell: string | undefined): string | undefined {
  return /`([^`]+)`/.exec(cell ?? '')?.[1];
}

/** Returns the paths of all TypeScript files in a folder, relative to it. */
export function sources(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
}
