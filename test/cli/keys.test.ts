import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { type Program, run } from '../e2e/process.ts';
import { adding, cli, type Home, json, openHome } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
const programs: Program[] = [];
beforeAll(async () => {
  home = await openHome();
});
afterAll(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await home.close();
});

async function ask(url: string, token: string, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's
  return (await response.json()) as { data?: any; errors?: { extensions: { code: string } }[] };
}

describe.concurrent('API keys', () => {
  test('a running gateway accepts a new key for its credential only, and rejects it once revoked', async ({
    expect,
  }) => {
    const env = home.settings();
    const gateway = run(['src/cli.ts', 'start'], { ...env, PORT: '0', LOG_LEVEL: 'info' });
    programs.push(gateway);
    const url = await gateway.printed(/"url":"(http:[^"]+)"/);
    await cli(adding('support', home.parent), env, home.parent.clientSecret);
    await cli(adding('lending', home.active), env, home.active.clientSecret);

    const reader = await cli(
      ['api-key', 'create', '--name', 'case tool', '--credential', 'lending', '--expires', '30d'],
      env,
    );
    expect(reader.code).toBe(0);
    expect(reader.stdout).toMatch(/^tgw_[\w-]{43}\n$/);
    expect(reader.stderr).toMatch(/"case tool".* may use lending\. Expires: \d{4}-\d\d-\d\dT/);
    const token = reader.stdout.trim();
    const created = await cli(['api-key', 'create', '--name', 'ops', '--admin', '--json'], env);
    const admin = json(created.stdout);
    expect(admin).toMatchObject({ token: expect.stringMatching(/^tgw_/), apiKey: { role: 'ADMIN' } });

    const query = '{ credentials { nickname account { sid } } }';
    await expect
      .poll(async () => (await ask(url, token, query)).data?.credentials, { timeout: 10_000 })
      .toEqual([{ nickname: 'lending', account: { sid: home.active.accountSid } }]);
    await expect
      .poll(async () => (await ask(url, admin.token, query)).data?.credentials.length, { timeout: 10_000 })
      .toBe(2);

    const listed = await cli(['api-key', 'list'], env);
    expect(listed.stdout).toMatch(/^case tool +READER +lending +everything +\d{4}/m);
    expect(listed.stdout).toMatch(/^ops +ADMIN +all +everything +\S+ +never/m);
    const revoked = await cli(['api-key', 'revoke', 'case tool', '--json'], env);
    expect(json(revoked.stdout)).toMatchObject({ name: 'case tool', revoked: true });
    await expect
      .poll(async () => (await ask(url, token, query)).errors?.[0]?.extensions.code, { timeout: 10_000 })
      .toBe('API_KEY_REVOKED');
    expect((await ask(url, admin.token, query)).errors).toBeUndefined();

    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    const output = [listed, revoked].map(({ stdout, stderr }) => stdout + stderr).join('') + gateway.output();
    expect(output).not.toContain(token);
    expect(output).not.toContain(admin.token);
  });

  test('a key has the field policy of its options, and each option can be changed alone', async ({
    expect,
  }) => {
    const env = home.settings();
    await cli(adding('support', home.parent), env, home.parent.clientSecret);
    const create = ['api-key', 'create', '--name', 'review', '--credential', 'support', '--json'];
    const created = await cli([...create, '--bodies', 'hidden', '--addresses', 'last-four'], env);
    const fieldPolicy = { bodies: 'HIDDEN', addresses: 'LAST_FOUR', media: 'SHOWN' };
    expect(json(created.stdout).apiKey.fieldPolicy).toEqual(fieldPolicy);
    const updated = await cli(['api-key', 'update', 'review', '--addresses', 'pseudonym', '--json'], env);
    expect(json(updated.stdout).fieldPolicy).toEqual({ ...fieldPolicy, addresses: 'PSEUDONYM' });
    const renamed = await cli(['api-key', 'update', 'review', '--name', 'case review', '--json'], env);
    expect(json(renamed.stdout).fieldPolicy).toEqual({ ...fieldPolicy, addresses: 'PSEUDONYM' });
    expect((await cli(['api-key', 'list'], env)).stdout).toMatch(
      /no bodies, pseudonyms in place of addresses/,
    );
    const wrong = await cli(['api-key', 'update', 'case review', '--media', 'blurred'], env);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--media takes shown or hidden.');
  });

  test('two keys with the same name are revoked by id; the list marks an expired key', async ({ expect }) => {
    const env = home.settings();
    const create = ['api-key', 'create', '--name', 'twin', '--admin', '--expires', '2999-01-31', '--json'];
    const [first, second] = [await cli(create, env), await cli(create, env)].map(
      ({ stdout }) => json(stdout).apiKey,
    );
    expect(first.dateExpires).toBe('2999-01-31T00:00:00.000Z');
    const unclear = await cli(['api-key', 'revoke', 'twin'], env);
    expect(unclear.code).toBe(1);
    expect(unclear.stderr).toContain(first.id);
    expect(unclear.stderr).toContain(second.id);
    expect((await cli(['api-key', 'revoke', first.id], env)).code).toBe(0);

    const database = new DatabaseSync(env.DATABASE_FILE ?? '');
    database.prepare('update api_keys set date_expires = 1 where id = ?').run(second.id);
    database.close();
    const listed = await cli(['api-key', 'list'], env);
    expect(listed.stdout).toContain('1970-01-01T00:00:00.001Z (expired)');
    expect(listed.stdout).not.toContain(first.id);
  });
});

describe.concurrent('keys rotate', () => {
  test('the old key can be removed after keys rotate, but not before', async ({ expect }) => {
    const env = home.settings();
    const [oldKey, newKey] = [env.GATEWAY_ENCRYPTION_KEYS ?? '', generateEncryptionKey()];
    await cli(adding('support', home.parent), env, home.parent.clientSecret);
    const withNew = { ...env, GATEWAY_ENCRYPTION_KEYS: newKey };
    const check = ['credential', 'check', 'support', '--json'];

    const tooEarly = await cli(check, withNew);
    expect(tooEarly.code).toBe(1);
    expect(json(tooEarly.stderr)).toMatchObject({ error: { code: 'SECRET_UNREADABLE' } });
    const without = await cli(['keys', 'rotate', '--json'], withNew);
    expect(without).toMatchObject({ code: 1, stdout: '' });

    const rotate = (...flags: string[]) =>
      cli(['keys', 'rotate', ...flags], { ...env, GATEWAY_ENCRYPTION_KEYS: `new:${newKey},${oldKey}` });
    expect((await rotate()).stdout).toBe('Resealed 1 secret with the first key.\n');
    expect(json((await rotate('--json')).stdout)).toEqual({ count: 0 });
    expect((await cli(check, withNew)).code).toBe(0);
    expect((await cli(check, env)).code).toBe(1);
  });
});
