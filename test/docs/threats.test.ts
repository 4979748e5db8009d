import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDocument, tableUnder } from './markdown.ts';

const table = tableUnder(readDocument('SECURITY.md'), 'Threats');
/** The test files that vitest runs. */
const run = globSync('test/**/*.test.ts');

test('each threat names a test', () => {
  expect(table.length).toBeGreaterThan(30);
  const wrong = table.map(([threat, counter, where = '']) => {
    const named = [...where.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
    // A folder counts as its tests. A suite is not a test file; name the files that import it.
    const notRun = named.filter(
      (name) =>
        name !== 'npm run soak' &&
        !run.some((file) => file === name || (name.endsWith('/') && file.startsWith(name))),
    );
    return { threat, counter, tests: named.length - notRun.length, notRun };
  });
  expect(wrong.filter(({ counter, tests, notRun }) => !counter || tests === 0 || notRun.length > 0)).toEqual(
    [],
  );
});
