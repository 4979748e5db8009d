import { expect, test } from 'vitest';
import { createKit } from '../kit.ts';

test('a flood of requests without a key does not flood the log', async () => {
  const kit = createKit({ config: { adminKey: 'planted-admin-key-0123456789abcdef0123456789' } });
  for (let times = 0; times < 250; times += 1) await kit.query('{ viewer { name } }');
  expect(kit.lines).toHaveLength(100);
  await kit.gateway.close();
  expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ msg: 'request: more of them', leftOut: 150 });
});
