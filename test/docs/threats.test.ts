import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDocument, tableUnder } from './markdown.ts';

const table = tableUnder(readDocument('SECURITY.md'), 'Threat model');
/** What vitest.config.ts has it run. */
const run = globSync('test/**/*.test.ts');

test('each threat names a test that is run', () => {
  expect(table.length).toBeGreaterThan(30);
  const wrong = table.map(([threat, counter, where = '']) => {
    const named = [...where.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
    // A folder stands for the tests in it; a suite that others import is run by them, and they are to be named.
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
