import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/api-token.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { ADMIN_KEY, makeKey, openPage } from './kit.ts';

const HOUR = 60 * 60 * 1000;

const ADMIN_PAGES = [
  '/credentials',
  '/credentials/add',
  '/credentials/connect',
  '/credentials/rename?id=1',
  '/credentials/rotate?id=1',
  '/credentials/remove?id=1',
  '/credentials/keys/create',
  '/credentials/keys/revoke?id=1',
];
const ADMIN_POSTS = [
  '/credentials/check',
  '/credentials/add',
  '/credentials/rename',
  '/credentials/rotate',
  '/credentials/recheck',
  '/credentials/remove',
  '/credentials/keys/create',
  '/credentials/keys/revoke',
  '/oauth/start',
];

describe('without a login', () => {
  test('every page is the login page and reveals nothing', async () => {
    const kit = await openPage();
    for (const path of ADMIN_PAGES) {
      const { status, html } = await kit.visitor().get(path);
      expect([path, status]).toEqual([path, 401]);
      expect(html).toContain('<h1>Sign in</h1>');
      expect(html).not.toContain('sandbox-subaccount');
    }
  });

  test('every form is rejected, even with a valid token', async () => {
    const kit = await openPage();
    const visitor = kit.visitor();
    await visitor.get('/credentials');
    for (const path of ADMIN_POSTS) {
      const { status, html } = await visitor.post(path, { name: 'x', role: 'ADMIN' });
      expect([path, status]).toEqual([path, 401]);
      expect(html).toContain('<h1>Sign in</h1>');
    }
    expect(await kit.store.listApiKeys()).toEqual([]);
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('a gateway without keys needs no login on this machine', async () => {
    const kit = await openPage({ config: { adminKey: undefined } });
    const { status, html } = await kit.visitor().get('/credentials');
    expect(status).toBe(200);
    expect(html).toContain('sandbox-subaccount');
    expect(html).not.toContain('Sign out');
  });

  test('a gateway without keys rejects another host name, against DNS rebinding', async () => {
    const kit = await openPage({ config: { adminKey: undefined } });
    const { status, html } = await kit.visitor().get('/credentials', { host: 'evil.example' });
    expect(status).toBe(403);
    expect(html).not.toContain('sandbox-subaccount');
  });
});

describe('a login', () => {
  test('works with the admin key of the settings, and so does the logout', async () => {
    const kit = await openPage();
    const visitor = await kit.admin();
    const { status, html } = await visitor.get('/credentials');
    expect(status).toBe(200);
    expect(html).toContain('GATEWAY_ADMIN_KEY');
    expect(html).toContain('sandbox-subaccount');
    expect(visitor.received()).not.toContain(ADMIN_KEY);

    expect(await visitor.post('/logout')).toMatchObject({
      status: 303,
      location: '/login',
    });
    const after = await visitor.get('/login');
    expect(after.html).toContain('You have signed out.');
    expect((await visitor.get('/credentials')).status).toBe(401);
    expect((await visitor.get('/login')).html).not.toContain('You have signed out.');
  });

  test('creates a new session', async () => {
    const visitor = (await openPage()).visitor();
    await visitor.get('/credentials');
    const before = visitor.jar.get('tgw_session');
    await visitor.logIn(ADMIN_KEY);
    expect(visitor.jar.get('tgw_session')).not.toBe(before);
  });

  test('with the key of a READER gives no right to manage', async () => {
    const kit = await openPage();
    const { token } = await makeKey(kit, 'READER');
    const visitor = kit.visitor();
    expect(await visitor.logIn(token)).toMatchObject({ status: 303, location: '/' });
    const { status, html } = await visitor.get('/credentials');
    expect(status).toBe(403);
    expect(html).not.toContain('sandbox-subaccount');
  });

  test('with an unknown, expired or revoked key gets the same message, after a delay', async () => {
    const kit = await openPage();
    const expired = await makeKey(kit, 'ADMIN', new Date(Date.now() - HOUR));
    const revoked = await makeKey(kit, 'ADMIN');
    await kit.store.revokeApiKey(revoked.id);
    const responses: string[] = [];
    for (const key of ['', 'nonsense', createToken(), `${ADMIN_KEY}x`, expired.token, revoked.token]) {
      const start = performance.now();
      const { status, html } = await kit.visitor().logIn(key);
      expect(status).toBe(401);
      expect(performance.now() - start).toBeGreaterThan(300);
      responses.push(html.replace(/value="[^"]*"/g, ''));
      if (key) expect(html).not.toContain(key);
    }
    expect(new Set(responses).size).toBe(1);
    expect(responses[0]).toContain('aria-invalid="true"');
  });

  test('while the store is unavailable gets a page that says so', async () => {
    const kit = await openPage({
      wrap: (store) => ({
        ...store,
        async findApiKeyByHash() {
          throw new StoreUnavailableError('it does not respond');
        },
      }),
    });
    const { status, html } = await kit.visitor().logIn(createToken());
    expect(status).toBe(503);
    expect(html).toContain('<h1>Not available now</h1>');
  });

  test('is audited without the key', async () => {
    const kit = await openPage();
    await kit.visitor().logIn('wrong-key');
    await kit.admin();
    const audits = kit.lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit);
    expect(audits.map(({ audit, actor }) => [audit, actor])).toEqual([
      ['page.login-refused', null],
      ['page.login', 'GATEWAY_ADMIN_KEY'],
    ]);
    expect(kit.lines.join('')).not.toMatch(/wrong-key|planted-admin-key/);
  });
});

test('a gateway requires a key as soon as it has an ADMIN key', async () => {
  const kit = await openPage({ config: { adminKey: undefined } });
  const visitor = kit.visitor();
  await visitor.get('/credentials/keys/create');
  const ops = { name: 'ops', role: 'ADMIN' };
  const asked = await visitor.post('/credentials/keys/create', ops);
  expect(asked.status).toBe(422);
  expect(asked.html).toContain('The first ADMIN key closes the gateway');
  const { html } = await visitor.post('/credentials/keys/create', { ...ops, close: 'yes' });
  const token = /tgw_[\w-]{43}/.exec(html)?.[0] ?? '';
  expect((await visitor.get('/credentials')).status).toBe(401);
  expect((await visitor.logIn(token)).status).toBe(303);
  expect((await visitor.get('/credentials')).html).toContain('Signed in as </span>ops</span>');
});
