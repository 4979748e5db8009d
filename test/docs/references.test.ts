import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ROOT, readDocument } from './markdown.ts';

const DOCUMENTS = globSync(['*.md', 'docs/*.md', 'bench/README.md', 'soak/README.md'], {
  cwd: fileURLToPath(ROOT),
});
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };

describe.each(DOCUMENTS)('%s', (name) => {
  const text = readDocument(name);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, path, anchor]) => ({
    // An anchor alone is of this document.
    file: path ? new URL(path, new URL(name, ROOT)) : new URL(name, ROOT),
    anchor,
  }));

  test('refers only to existing files', () => {
    const code = [...text.matchAll(/`((?:src|test|examples|operations)\/[\w./-]*)`/g)].map(
      ([, path]) => path ?? '',
    );
    const missing = [...links.map(({ file }) => file), ...code.map((path) => new URL(path, ROOT))]
      .filter((file) => !existsSync(file))
      .map(String);
    expect(missing).toEqual([]);
  });

  test('refers only to existing npm scripts', () => {
    const named = [...text.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test('links only to existing headings', () => {
    const broken = links.filter(
      ({ file, anchor }) =>
        anchor && existsSync(file) && !slugsOf(readDocument(String(file))).includes(anchor),
    );
    expect(broken.map(({ file, anchor }) => `${file}#${anchor}`)).toEqual([]);
  });
});

/** Returns the anchors that GitHub gives to the headings of a document. */
function slugsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}
