import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT, readDocument } from './markdown.ts';

const sections = readDocument('docs/architecture.md')
  .split(/^## /m)
  .filter((text) => /^\d+\. /m.test(text));

describe.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))('%s', (_title, text) => {
  const steps = [...text.matchAll(/^\d+\. `(\w+)` \((src\/[\w./-]+)\)/gm)].map(
    ([, name = '', file = '']) => ({
      name,
      file,
    }),
  );

  test('every step is a function of the file it names', () => {
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.length).toBe([...text.matchAll(/^\d+\. /gm)].length);
    const missing = steps.filter(({ name, file }) => {
      const url = new URL(file, ROOT);
      const declared = new RegExp(`export (?:async )?(?:function\\*?|const|class) ${name}\\b`);
      return !existsSync(url) || !declared.test(readFileSync(url, 'utf8'));
    });
    expect(missing).toEqual([]);
  });

  test('no step is visited twice', () => {
    const visits = steps.map(({ name, file }) => `${name} ${file}`);
    expect(visits.filter((visit, index) => visits.indexOf(visit) !== index)).toEqual([]);
  });
});
