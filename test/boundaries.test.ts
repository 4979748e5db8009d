import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const MODULES = [
  'commands',
  'http',
  'sign-in',
  'graphql',
  'schema',
  'admin',
  'loaders',
  'history',
  'stats',
  'pagination',
  'auth',
  'store',
  'twilio',
];
/** Every module may import these; they import only one another. */
const LEAVES = [
  'config',
  'delivery',
  'errors',
  'policy',
  'telemetry',
  'log.ts',
  'seen-filter.ts',
  'version.ts',
];
const PROCESS = ['src/main.ts', 'src/cli.ts'];

/** Without a Twilio of its own, what is started here opens the sandbox. */
const SANDBOX_STARTERS = ['src/start.ts', 'src/run-sandbox.ts', 'src/commands/session.ts'];

interface Import {
  file: string;
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = globSync('src/**/*.ts');
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(import|export)\s+(type\s)?[^;]*?from '(\.[^']+)';/gms)].map(
    ([, , typeOnly, target = '']) => ({
      file,
      from: moduleOf(file),
      to: moduleOf(normalize(join(dirname(file), target))),
      typeOnly: typeOnly !== undefined,
    }),
  ),
);

function moduleOf(path: string): string {
  return path.split('/')[1] ?? '';
}

test('the modules are what the tree holds', () => {
  const found = new Set(files.map(moduleOf).filter((name) => !name.endsWith('.ts')));
  expect([...found].sort()).toEqual(
    [...MODULES, 'config', 'delivery', 'errors', 'policy', 'sandbox', 'telemetry'].sort(),
  );
  expect(imports.length).toBeGreaterThan(100);
});

describe('imports run one way', () => {
  test('from http to twilio, never back', () => {
    const back = imports.filter(({ from, to }) => {
      if (!MODULES.includes(from) || LEAVES.includes(to)) return false;
      // What a resolver gets is defined beside the rooms, of types alone.
      if (to === 'context.ts' && (from === 'schema' || from === 'graphql')) return false;
      return !MODULES.includes(to) || MODULES.indexOf(to) < MODULES.indexOf(from);
    });
    expect(back).toEqual([]);
  });

  test('leaves import leaves only', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => LEAVES.includes(from) && from !== to && !LEAVES.includes(to) && !typeOnly,
    );
    expect(wrong).toEqual([]);
  });

  test('the sandbox knows nothing of the gateway, and only its starters know the sandbox', () => {
    expect(imports.filter(({ from, to }) => from === 'sandbox' && to !== 'sandbox')).toEqual([]);
    const users = imports.filter(({ from, to }) => to === 'sandbox' && from !== 'sandbox');
    const dynamic = files.filter((file) =>
      /import\('\.[^']*sandbox\/sandbox/.test(readFileSync(file, 'utf8')),
    );
    const starters = [...users.map(({ file }) => file), ...dynamic];
    expect(starters.filter((file) => !SANDBOX_STARTERS.includes(file))).toEqual([]);
  });
});

test('no files import one another in a cycle, types and dynamic imports included', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      [
        ...readFileSync(file, 'utf8').matchAll(
          /(?:^(?:import|export)\s[^;]*?from |^import |import\()'(\.[^']+)'/gms,
        ),
      ].map(([, target = '']) => normalize(join(dirname(file), target))),
    ]),
  );
  expect(cyclesOf(graph)).toEqual([]);
  // A test that finds none anywhere would find none here.
  expect(
    cyclesOf(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual([['b', 'c', 'b']]);
});

/** One cycle for each file that leads back into the path that led to it. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): void {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file)) return;
    done.add(file);
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
  }
  for (const file of graph.keys()) visit(file);
  return cycles;
}

test('only the entry points touch the process', () => {
  const readers = files.filter((file) =>
    /\bprocess\.(?:env|argv|exit|std\w+|on|once|cwd)\b/.test(readFileSync(file, 'utf8')),
  );
  expect(readers.filter((file) => !PROCESS.includes(file))).toEqual([]);
});
