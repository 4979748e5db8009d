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
    const gateway = run(['scripts/cli.mjs', 'start'], { ...env, PORT: '0', LOG_LEVEL: 'info' });
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
    const created = await cli(['api-key', 'create', '--name', 'ops', '--admin', '--yes', '--json'], env);
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
    const audit = await cli(['audit', 'list', '--action', 'api-key.update', '--json'], env);
    expect(json(audit.stdout)).toMatchObject([
      { actor: 'cli', action: 'api-key.update', origin: 'cli', detail: { newName: 'case review' } },
      { actor: 'cli', detail: { fieldPolicy: { addresses: 'PSEUDONYM' } } },
    ]);
    const table = await cli(['audit', 'list', '--limit', '1'], env);
    expect(table.stdout).toMatch(/^TIME +ACTOR +ACTION +SUBJECT +FROM +DETAILS\n\S+ +cli +api-key\.update/);
    expect((await cli(['audit', 'list', '--limit', '0'], env)).stderr).toContain('--limit takes a number');
    expect((await cli(['audit', 'list', '--since', 'May'], env)).stderr).toContain('--since takes a day');
    const wrong = await cli(['api-key', 'update', 'case review', '--media', 'blurred'], env);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--media takes shown or hidden.');
  });

  test('two keys with the same name are revoked by id; the list marks an expired key', async ({ expect }) => {
    const env = home.settings();
    const create = ['api-key', 'create', '--name', 'twin', '--admin', '--expires', '2999-01-31', '--json'];
    // Only the first ADMIN key needs a confirmation.
    const [first, second] = [await cli([...create, '--yes'], env), await cli(create, env)].map(
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

describe.concurrent('the first ADMIN key without a terminal', () => {
  test('is rejected without --yes, and an ADMIN key in the settings makes it none', async ({ expect }) => {
    const env = home.settings();
    const create = ['api-key', 'create', '--admin', '--name', 'ops'];
    const rejected = await cli(create, env);
    expect(rejected).toMatchObject({ code: 2, stdout: '' });
    expect(rejected.stderr).toContain(`first ADMIN key in ${env.DATABASE_FILE}`);
    expect(rejected.stderr).toContain(
      'requires a key for every request. Without a terminal, confirm with --yes.',
    );
    expect(json((await cli(['api-key', 'list', '--json'], env)).stdout)).toEqual([]);
    const closed = { ...env, GATEWAY_ADMIN_KEY: 'a-long-admin-key-0123456789abcdef0123456789' };
    expect((await cli(create, closed)).code).toBe(0);
    expect((await cli(create, home.settings())).code).toBe(2);
    expect((await cli([...create, '--yes'], home.settings())).code).toBe(0);
  });
});

describe.concurrent('api-key update', () => {
  test('changes only what is given, clears credentials, and says what a key cannot do then', async ({
    expect,
  }) => {
    const env = home.settings();
    await cli(adding('support', home.parent), env, home.parent.clientSecret);
    await cli(adding('lending', home.active), env, home.active.clientSecret);
    const [support, lending] = json((await cli(['credential', 'list', '--json'], env)).stdout);
    const options = ['--credential', 'support', '--expires', '2099-01-31'];
    const created = await cli(['api-key', 'create', '--name', 'tool', ...options, '--json'], env);
    const { id } = json(created.stdout).apiKey;
    const update = (...args: string[]) => cli(['api-key', 'update', ...args], env);
    const changed = async (...args: string[]) => json((await update(...args, '--json')).stdout);
    const before = { id, name: 'tool', credentialIds: [support.id], dateExpires: '2099-01-31T00:00:00.000Z' };

    const renamed = await update('tool', '--name', 'case tool');
    expect(renamed).toMatchObject({ code: 0, stdout: 'The API key "case tool" is changed.\n' });
    expect(renamed.stderr).toBe(`Database: ${env.DATABASE_FILE}.\n`);
    expect(await changed(id, '--name', 'tool')).toMatchObject(before);
    const both = ['--credential', 'lending', '--credential', support.id, '--credential', 'lending'];
    expect((await changed(id, ...both)).credentialIds.toSorted()).toEqual(
      [support.id, lending.id].toSorted(),
    );
    const { credentialIds } = await changed(id, '--expires', 'never');
    expect(credentialIds).toHaveLength(2);

    const cleared = await update(id, '--no-credential');
    expect(cleared.stderr).toMatch(/^It may use no credential, so it can read nothing\./);
    expect(await changed(id, '--name', 'nothing')).toMatchObject({ credentialIds: [], dateExpires: null });
  });

  test('rejects what makes no sense, and changes nothing', async ({ expect }) => {
    const env = home.settings();
    await cli(adding('support', home.parent), env, home.parent.clientSecret);
    await cli(['api-key', 'create', '--admin', '--name', 'ops', '--yes'], env);
    await cli(['api-key', 'create', '--name', 'tool', '--credential', 'support'], env);
    const before = (await cli(['api-key', 'list', '--json'], env)).stdout;
    const rejected = [
      { args: ['tool'], code: 'USAGE', words: 'Nothing to change' },
      { args: ['tool', '--no-credential', '--credential', 'support'], code: 'USAGE', words: 'not both' },
      { args: ['ops', '--credential', 'support'], code: 'USAGE', words: 'every credential' },
      { args: ['ops', '--no-credential'], code: 'USAGE', words: 'every credential' },
      { args: ['tool', '--expires', 'soon'], code: 'USAGE', words: '--expires takes' },
      { args: ['tool', '--expires', '2020-01-31'], code: 'BAD_USER_INPUT', words: 'in the past' },
      { args: ['tool', '--name', ' '], code: 'BAD_USER_INPUT', words: '1 to 64 characters' },
      { args: ['tool', '--credential', 'gone'], code: 'CREDENTIAL_UNKNOWN', words: 'support' },
      { args: ['gone', '--name', 'x'], code: 'NOT_FOUND', words: 'api-key list' },
    ];
    for (const { args, code, words } of rejected) {
      const ran = await cli(['api-key', 'update', ...args, '--json'], env);
      expect({ args, code: json(ran.stderr).error.code }).toEqual({ args, code });
      expect(json(ran.stderr).error.message).toContain(words);
      expect(ran.code).not.toBe(0);
    }
    expect((await cli(['api-key', 'list', '--json'], env)).stdout).toBe(before);
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
    expect(await rotate()).toMatchObject({
      stdout: 'Resealed 1 secret with the first key.\n',
      stderr: `The other keys are no longer needed.\nDatabase: ${env.DATABASE_FILE}.\n`,
    });
    expect(json((await rotate('--json')).stdout)).toEqual({ count: 0 });
    expect((await cli(check, withNew)).code).toBe(0);
    expect((await cli(check, env)).code).toBe(1);
  });
});
