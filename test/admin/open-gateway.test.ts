import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cli } from '../cli/kit.ts';
import { listening } from '../http/kit.ts';
import { createKit, type KitOptions, noErrors } from '../kit.ts';
import { createManagedKit, type ManagedKit } from '../managed-kit.ts';

const HOUR = 60 * 60 * 1000;
const CREATE = 'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id } } }';

/** Creates a gateway on loopback without an admin key in its settings. */
const openKit = (options: { folder?: string; now?: () => number } = {}) =>
  createManagedKit({ ...options, config: { adminKey: undefined } });

/** Creates a key. Returns its id and its Authorization header. */
async function makeKey(kit: ManagedKit, input: object = { role: 'ADMIN' }) {
  const { data } = noErrors(await kit.query(CREATE, { input: { name: 'ops', ...input } }));
  const { token, apiKey } = data.createApiKey;
  return { id: apiKey.id as string, headers: { authorization: `Bearer ${token}` } };
}

const viewer = (kit: Pick<ManagedKit, 'query'>, headers: Record<string, string> = {}) =>
  kit.query('{ viewer { name role } }', {}, headers);

async function expectClosed(kit: ManagedKit) {
  // Twice, because the second request may use caches.
  for (let times = 0; times < 2; times += 1) {
    const { data, errors } = await viewer(kit);
    expect([data?.viewer ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
    expect(errors?.[0]?.message).toContain('npm run cli -- api-key create --admin');
  }
  for (const path of ['/login', '/metrics']) {
    const response = await kit.gateway.fetch(`http://localhost${path}`);
    expect([path, response.status]).toEqual([path, path === '/metrics' ? 404 : 200]);
    if (path === '/login') expect(await response.text()).toContain('api-key create --admin');
  }
}

describe('a gateway that once had an ADMIN key requires a key', () => {
  test('after its last ADMIN key expired', async () => {
    let at = Date.now();
    const kit = await openKit({ now: () => at });
    expect((await viewer(kit)).data.viewer.role).toBe('ADMIN');
    const { headers } = await makeKey(kit, { role: 'ADMIN', dateExpires: new Date(at + HOUR) });
    expect((await viewer(kit, headers)).data.viewer.role).toBe('ADMIN');
    at += 2 * HOUR;
    await expectClosed(kit);
    const { errors } = await viewer(kit, headers);
    expect(errors?.[0]).toMatchObject({
      extensions: { code: 'API_KEY_EXPIRED' },
      message: expect.stringContaining('api-key create --admin'),
    });
  });

  test('after its last ADMIN key was revoked, also after a restart', async () => {
    const kit = await openKit();
    const { id, headers } = await makeKey(kit);
    noErrors(await kit.query(`mutation { revokeApiKey(id: "${id}") }`, {}, headers));
    await expectClosed(kit);
    await expectClosed(await openKit({ folder: kit.folder }));
  });

  test('but one that only had a READER key does not: somebody must be able to create the first ADMIN key', async () => {
    const kit = await openKit();
    await makeKey(kit, { role: 'READER', credentialIds: [] });
    expect((await viewer(kit)).data.viewer.role).toBe('ADMIN');
    await makeKey(kit);
    await expectClosed(kit);
  });

  test('after another process created and revoked the key', async () => {
    const kit = await openKit();
    const beside = await openKit({ folder: kit.folder });
    const { id, headers } = await makeKey(beside);
    noErrors(await beside.query(`mutation { revokeApiKey(id: "${id}") }`, {}, headers));
    await expect
      .poll(async () => (await viewer(kit)).errors?.[0]?.extensions.code, { timeout: 10_000 })
      .toBe('UNAUTHENTICATED');
    await expectClosed(kit);
  });

  test.each([
    ['its keys', 'delete from api_keys'],
    ['its keys and milestones', 'delete from api_keys; delete from milestones'],
  ])(
    'after someone deletes %s from the database, while it runs and after a restart',
    async (_, statements) => {
      const kit = await openKit();
      await makeKey(kit);
      const database = new DatabaseSync(join(kit.folder, 'gateway.db'));
      const refreshed = new Promise<void>((resolve) => kit.store.onChange(resolve));
      database.exec(`begin; ${statements}; update change_counter set version = version + 1; commit`);
      database.close();
      await refreshed;
      expect(await kit.store.listApiKeys()).toEqual([]);
      await expectClosed(kit);
      await expectClosed(await openKit({ folder: kit.folder }));
    },
  );

  test.each<[string, (data: string) => void]>([
    ['the database is deleted', (data) => deleteAll(data, (name) => /\.db(-wal|-shm)?$/.test(name))],
    ['the data directory is emptied', (data) => deleteAll(data)],
    ['the data directory is deleted', (data) => rmSync(data, { recursive: true })],
  ])('at the next start after %s', async (_, lose) => {
    const above = mkdtempSync(join(tmpdir(), 'gateway-lost-'));
    onTestFinished(() => rmSync(above, { recursive: true, force: true }));
    const folder = join(above, 'data');
    mkdirSync(folder);
    await makeKey(await openKit({ folder }));
    lose(folder);
    const restarted = await openKit({ folder });
    expect(await restarted.store.listApiKeys()).toEqual([]);
    await expectClosed(restarted);
  });

  test('until the command line creates another ADMIN key', async () => {
    const kit = await openKit();
    const { id, headers } = await makeKey(kit);
    noErrors(await kit.query(`mutation { revokeApiKey(id: "${id}") }`, {}, headers));
    const { stdout } = await cli(['api-key', 'create', '--admin', '--name', 'back', '--yes'], {
      DATABASE_FILE: join(kit.folder, 'gateway.db'),
    });
    const authorization = `Bearer ${stdout.trim()}`;
    await expect
      .poll(async () => (await viewer(kit, { authorization })).data?.viewer?.name, { timeout: 10_000 })
      .toBe('back');
    await expectClosed(kit);
  }, 30_000);

  test('but not after a failed creation of a key', async () => {
    const kit = await openKit();
    const { errors } = await kit.query(CREATE, {
      input: { name: 'x', role: 'READER', credentialIds: ['nothing'] },
    });
    expect(errors).toHaveLength(1);
    expect((await viewer(kit)).data.viewer.role).toBe('ADMIN');
  });
});

function deleteAll(folder: string, matches: (name: string) => boolean = () => true): void {
  for (const name of readdirSync(folder)) if (matches(name)) rmSync(join(folder, name));
}

describe('a gateway without keys rejects requests from a proxy', () => {
  const HEADERS = [
    ['forwarded', 'for=203.0.113.7'],
    ['X-Forwarded-For', '203.0.113.7'],
    ['x-forwarded-for', ''],
    ['x-forwarded-host', 'localhost'],
    ['x-forwarded-proto', 'https'],
    ['X-Forwarded', 'for=203.0.113.7'],
    ['x-real-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
  ] as const;
  const get = (kit: Pick<ManagedKit, 'gateway'>, path: string, headers: Record<string, string>) =>
    kit.gateway.fetch(`http://localhost${path}`, { headers });

  test.each(HEADERS)('%s: %s', async (name, value) => {
    const kit = createKit();
    // Warms the caches.
    for (let times = 0; times < 4; times += 1) noErrors(await viewer(kit));
    const { data, errors } = await viewer(kit, { [name]: value });
    expect([data ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'PROXY_NOT_ALLOWED']);
    expect(errors?.[0]?.message).toContain('api-key create --admin');
  });

  test.each([
    '/',
    '/graphql',
    '/graphql?query={__typename}',
    '/login',
    '/oauth/callback',
    '/metrics',
    '/nowhere',
  ])('on %s', async (path) => {
    const response = await get(createKit(), path, { 'x-forwarded-for': '203.0.113.7' });
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('"PROXY_NOT_ALLOWED"'),
    ]);
  });

  test('over a socket, also with warm caches', async () => {
    const { post } = await listening();
    const body = { query: '{ viewer { role } }' };
    for (let times = 0; times < 4; times += 1) expect((await post(body)).status).toBe(200);
    const response = await post(body, { 'x-forwarded-for': '' });
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('"PROXY_NOT_ALLOWED"'),
    ]);
  });

  test.each<[string, NonNullable<KitOptions['config']>]>([
    ['with an admin key in the settings', { adminKey: 'a'.repeat(40) }],
    ['where others reach it', { host: '0.0.0.0' }],
  ])('but not %s, where every caller needs a key', async (_, config) => {
    const { errors } = await viewer(createKit({ config }), { 'x-forwarded-for': '203.0.113.7' });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test('but not once it has a key', async () => {
    const kit = await openKit();
    const { headers } = await makeKey(kit);
    const proxied = await viewer(kit, { ...headers, 'x-forwarded-for': '203.0.113.7' });
    expect(noErrors(proxied).data.viewer.role).toBe('ADMIN');
  });
});
