import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT, readDocument } from './markdown.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/errors.md',
];
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };

describe.each(DOCUMENTS)('%s', (name) => {
  const text = readDocument(name);

  test('refers only to existing files', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '');
    const code = [...text.matchAll(/`((?:src|test|examples|operations)\/[\w./-]*)`/g)].map(
      ([, path]) => path ?? '',
    );
    const missing = [
      ...links.filter((path) => !existsSync(new URL(path, new URL(name, ROOT)))),
      ...code.filter((path) => !existsSync(new URL(path, ROOT))),
    ];
    expect(missing).toEqual([]);
  });

  test('refers only to existing npm scripts', () => {
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test('links only to existing headings', () => {
    const slugs = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    );
    const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '');
    expect(anchors.filter((anchor) => !slugs.includes(anchor))).toEqual([]);
  });
});
