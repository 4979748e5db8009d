import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GatewayOptions } from '../../src/app.ts';
import { CACHE, createKit, type Kit } from '../kit.ts';
import { folderOf } from './kit.ts';

function open(documents: string, cache?: GatewayOptions['config']['cache']): Kit {
  const kit = createKit({ config: { documents, ...(cache ? { cache } : {}) } });
  onTestFinished(() => kit.gateway.close());
  return kit;
}

async function run({ gateway }: Kit, documentId: string) {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documentId }),
  });
  return (await response.json()) as {
    data?: Record<string, unknown>;
    errors?: { extensions: { code: string } }[];
  };
}

const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000, interval: 50 });

test('a changed folder is read again; a version with problems is logged and the previous one stays', async () => {
  const folder = folderOf({ 'a.graphql': 'query A { viewer { name } }' });
  const kit = open(folder);
  expect((await run(kit, 'A')).data).toEqual({ viewer: { name: 'local' } });

  writeFileSync(join(folder, 'a.graphql'), 'query A { viewer { role } }');
  writeFileSync(join(folder, 'b.graphql'), 'query B { viewer { name } }');
  await eventually(async () => (await run(kit, 'B')).data).toEqual({ viewer: { name: 'local' } });
  expect((await run(kit, 'A')).data).toEqual({ viewer: { role: 'ADMIN' } });

  writeFileSync(join(folder, 'b.graphql'), 'query B {\n  nobody\n}');
  writeFileSync(join(folder, 'c.graphql'), 'query C { viewer { name } }');
  await eventually(() => kit.lines.find((line) => line.includes('the previous documents stay'))).toContain(
    'b.graphql:2: Cannot query field',
  );
  expect((await run(kit, 'B')).data).toEqual({ viewer: { name: 'local' } });
  expect((await run(kit, 'C')).errors?.[0]?.extensions.code).toBe('OPERATION_UNKNOWN');

  rmSync(join(folder, 'b.graphql'));
  await eventually(async () => (await run(kit, 'C')).data).toEqual({ viewer: { name: 'local' } });
  expect((await run(kit, 'B')).errors?.[0]?.extensions.code).toBe('OPERATION_UNKNOWN');
  // Each version is read once, not at each poll.
  expect(kit.lines.filter((line) => line.includes('DOCUMENTS'))).toHaveLength(3);
});

test('a volume of Kubernetes is read again when its link moves', async () => {
  const folder = folderOf({
    '..1/a.graphql': 'query A { viewer { name } }',
    '..2/a.graphql': 'query A { viewer { role } }',
  });
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/a.graphql', join(folder, 'a.graphql'));
  const kit = open(folder);
  expect((await run(kit, 'A')).data).toEqual({ viewer: { name: 'local' } });
  symlinkSync('..2', join(folder, '..new'));
  renameSync(join(folder, '..new'), join(folder, '..data'));
  await eventually(async () => (await run(kit, 'A')).data).toEqual({ viewer: { role: 'ADMIN' } });
});

test('a manifest is read again, and responses of its old documents are not cached any longer', async () => {
  const text = (field: string) => JSON.stringify({ Mine: `query Mine { account { ${field} } }` });
  const file = join(folderOf({ 'm.json': text('sid') }), 'm.json');
  const kit = open(file, CACHE);
  const fields = async () => {
    const { data } = await run(kit, 'Mine');
    return Object.keys((data as { account: object }).account);
  };
  for (let time = 0; time < 4; time += 1) expect(await fields()).toEqual(['sid']);
  expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ kept: true });
  writeFileSync(`${file}.new`, text('status'));
  renameSync(`${file}.new`, file);
  await eventually(fields).toEqual(['status']);
});
