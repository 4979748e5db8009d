import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { folderOf } from '../documents/kit.ts';
import { cli, type Home, openHome } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await openHome();
  env = home.settings();
});
afterAll(() => home.close());

const run = (...args: string[]) => cli(['documents', ...args], env);

test('documents are checked, published, listed and retired', async () => {
  const folder = folderOf({
    'a.graphql': 'query A { viewer { name } }',
    'b.graphql': 'query B { viewer { role } }',
  });
  const bad = folderOf({ 'bad.graphql': 'query Bad {\n  nobody\n}', 'worse.graphql': 'query {' });

  expect(await run('check', folder)).toMatchObject({ code: 0, stdout: '2 documents are valid.\n' });
  const failed = await run('check', bad);
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatch(
    /2 problems:[\s\S]*bad\.graphql:2: .*"nobody"[\s\S]*worse\.graphql:1: Syntax Error/,
  );
  expect((await run('publish', bad)).code).toBe(1);

  const published = await run('publish', folder, '--json');
  const { added } = JSON.parse(published.stdout);
  expect(added).toMatchObject([{ name: 'A', documentId: expect.stringMatching(/^sha256:/) }, { name: 'B' }]);
  expect((await run('publish', folder)).stderr).toContain('0 published, 2 unchanged.');
  expect((await run('list')).stdout).toMatch(/^A +PUBLISHED .*sha256:[0-9a-f]{64}$/m);

  // A schema that has lost a field breaks one of the two.
  const schema = join(folder, 'next.txt');
  writeFileSync(schema, 'type Query { viewer: Viewer! } type Viewer { name: String! }');
  const next = await run('check', '--schema', schema);
  expect(next.code).toBe(1);
  expect(next.stderr).toMatch(/1 problem:\n {2}- published sha256:[0-9a-f]+ \(B\), line 1: .*"role"/);
  expect(await run('check')).toMatchObject({ code: 0, stdout: '2 documents are valid.\n' });

  expect((await run('retire', added[1].documentId)).stdout).toContain('is retired');
  const again = await run('retire', added[1].documentId, '--json');
  expect([again.code, JSON.parse(again.stderr).error]).toMatchObject([1, { code: 'NOT_FOUND' }]);
  expect((await run('check', '--schema', schema)).code).toBe(0);
});

test('documents are published for keys, by name or id', async () => {
  const keyOf = async (name: string) => {
    const { stdout } = await cli(['api-key', 'create', '--admin', '--yes', '--name', name, '--json'], env);
    return JSON.parse(stdout).apiKey.id as string;
  };
  const ids = [await keyOf('Grafana'), await keyOf('Case desk'), await keyOf('Spare')];
  const manifest = join(folderOf({ 'm.json': '{"Mine": "query Mine { viewer { name } }"}' }), 'm.json');

  const first = await run('publish', manifest, '--key', 'Grafana', '--key', ids[1] ?? '', '--json');
  expect(JSON.parse(first.stdout)).toEqual({
    added: [{ documentId: 'Mine', name: 'Mine' }],
    extended: [],
    unchanged: 0,
  });
  expect((await run('publish', manifest, '--key', ids[2] ?? '')).stderr).toContain(
    '0 published, 1 extended, 0 unchanged.',
  );
  await cli(['api-key', 'revoke', ids[2] ?? ''], env);
  const [, keys = ''] = /^Mine +PUBLISHED +(.*?) +\d{4}-.* Mine$/m.exec((await run('list')).stdout) ?? [];
  expect(keys.split(', ').sort()).toEqual(['(revoked)', 'Case desk', 'Grafana']);

  for (const [key, code] of [
    [ids[2] ?? '', 'NOT_FOUND'],
    ['tgw_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG', 'NOT_FOUND'],
  ] as const) {
    const failed = await run('publish', manifest, '--key', 'Grafana', '--key', key, '--json');
    expect(JSON.parse(failed.stderr).error).toMatchObject({ code, argument: '--key' });
    expect(failed.stderr).not.toContain('tgw_');
  }

  expect((await run('publish', manifest)).stderr).toContain('0 published, 1 extended, 0 unchanged.');
  expect((await run('list')).stdout).toMatch(/^Mine +PUBLISHED +all +\d{4}-/m);
  expect((await run('publish', manifest, '--key', 'Grafana')).stderr).toMatch(
    /0 published, 1 unchanged\.\nEvery caller may still run 1 of them\./,
  );
});

test.each([
  [['check', '/nothing/here'], 'DOCUMENTS_INVALID', '/nothing/here does not exist'],
  [['publish'], 'USAGE', 'PATH'],
  [['check', '--schema', '/nothing'], 'USAGE', 'cannot be read'],
  [['check', '--schema', 'README.md'], 'SCHEMA_INVALID', 'The schema is invalid'],
] as const)('%j fails with %s', async (args, code, message) => {
  const { stderr, code: exitCode } = await run(...args, '--json');
  expect(exitCode).not.toBe(0);
  expect(JSON.parse(stderr).error).toMatchObject({ code, message: expect.stringContaining(message) });
});
