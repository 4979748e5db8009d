import { describe, expect, test } from 'vitest';
import { addByPage, openPage, typedIn } from './kit.ts';

const EVIL = '"><script>alert(1)</script>';
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;';

describe('a secret', () => {
  test('is neither in any response nor in the log', async () => {
    const kit = await openPage();
    const { sandbox, app } = kit;
    const admin = await kit.admin();
    const typed = typedIn(app);
    await admin.get('/credentials/add');
    for (const wrong of [
      { ...typed, nickname: '' },
      { ...typed, clientId: 'OQ1' },
      { ...typed, clientSecret: 'wrong-secret-0123456789' },
      { ...typed, accountSid: sandbox.accounts.active.sid },
      { ...typed, accountSid: '../x' },
      { ...typed, nickname: 'sandbox-subaccount' },
    ]) {
      expect((await admin.post('/credentials/check', wrong)).status).toBeGreaterThanOrEqual(400);
    }
    const old = app.clientSecret;
    const id = await addByPage(kit, admin);
    const fresh = sandbox.rotateSecret(app.clientId);
    sandbox.revokeTokens();
    await admin.post('/credentials/recheck', { id });
    await admin.get(`/credentials/rotate?id=${id}`);
    expect((await admin.post('/credentials/rotate', { id, clientSecret: old })).status).toBe(422);
    expect((await admin.post('/credentials/rotate', { id, clientSecret: fresh })).status).toBe(303);
    await admin.get('/credentials');
    await admin.get('/credentials/connect');
    await admin.post('/oauth/start', { ...typed, clientId: 'OQ1' });

    for (const secret of [old, fresh, 'wrong-secret']) {
      expect(admin.received()).not.toContain(secret);
      expect(kit.lines.join('\n')).not.toContain(secret);
    }
    expect(admin.received()).toContain(app.clientId);
  });

  test('is sealed until the approval, for this session and 10 minutes', async () => {
    let at = Date.now();
    const kit = await openPage({ now: () => at });
    const admin = await kit.admin();
    await admin.get('/credentials/add');
    const { fields } = await admin.post('/credentials/check', typedIn(kit.app));
    const { reviewed = '' } = fields;
    expect(Buffer.from(reviewed, 'base64url').toString('latin1')).not.toContain(kit.app.clientSecret);

    const other = await kit.admin();
    await other.get('/credentials/add');
    const approve = (value: string, visitor = admin) => visitor.post('/credentials/add', { reviewed: value });
    expect((await approve(reviewed, other)).status).toBe(422);
    for (const bad of ['', 'x', `${reviewed.slice(0, 50)}A${reviewed.slice(51)}`, reviewed.slice(0, -4)]) {
      if (bad !== reviewed) expect((await approve(bad)).status).toBe(422);
    }
    at += 10 * 60 * 1000 + 1;
    expect((await approve(reviewed)).html).toContain('too old');
    expect(await kit.store.list()).toHaveLength(1);
    at -= 2;
    expect((await approve(reviewed)).status).toBe(303);
    expect(await kit.store.list()).toHaveLength(2);
    // Sent again, e.g. by a double click.
    expect((await approve(reviewed)).status).toBe(409);
  });
});

test('a token is in one response, which must not be cached, and nowhere else', async () => {
  const kit = await openPage();
  const admin = await kit.admin();
  await admin.get('/credentials/keys/create');
  const { html, headers } = await admin.post('/credentials/keys/create', {
    name: 'dashboard',
    role: 'READER',
  });
  const [token = ''] = /tgw_[\w-]{43}/.exec(html) ?? [];
  expect(token).not.toBe('');
  expect(headers.get('cache-control')).toBe('no-store');
  await admin.get('/credentials');
  await admin.get(`/credentials/keys/revoke?id=${(await kit.store.listApiKeys())[0]?.id}`);
  expect(admin.received().split(token)).toHaveLength(2);
  expect([...admin.jar.values()].join()).not.toContain(token);
  expect(kit.lines.join('\n')).not.toContain(token);
});

describe('user input', () => {
  test('is escaped everywhere', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const nickname = EVIL;
    const id = await addByPage(kit, admin, nickname);
    await admin.get('/credentials/keys/create');
    await admin.post('/credentials/keys/create', { name: EVIL, role: 'READER', credential: id });
    const [key] = await kit.store.listApiKeys();
    for (const path of [
      '/credentials',
      '/credentials/keys/create',
      `/credentials/rename?id=${id}`,
      `/credentials/rotate?id=${id}`,
      `/credentials/remove?id=${id}`,
      `/credentials/keys/revoke?id=${key?.id}`,
    ]) {
      const { status, html } = await admin.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(html).toContain(ESCAPED);
    }
    const wrong = { nickname: EVIL, clientId: EVIL, clientSecret: EVIL, accountSid: EVIL };
    for (const path of ['/credentials/check', '/oauth/start']) await admin.post(path, wrong);
    await admin.post('/credentials/keys/create', { name: `${EVIL}\u0000`, role: EVIL, dateExpires: EVIL });
    await admin.post('/credentials/rename', { id, nickname: 'é' });
    await admin.post('/credentials/recheck', { id: EVIL });
    await admin.post('/credentials/rename', { id, nickname: `${EVIL}2` });
    expect((await admin.get('/credentials')).html).toContain(`is now &quot;${ESCAPED}2&quot;`);
    expect(admin.received()).not.toContain('<script');
  });
});

test('every response has the security headers', async () => {
  const kit = await openPage();
  const admin = await kit.admin();
  const responses = [
    await kit.visitor().get('/credentials'),
    await admin.get('/credentials'),
    await admin.get('/credentials/add'),
    await admin.get('/credentials/rename?id=none'),
    await admin.get('/login'),
    await admin.post('/credentials/keys/create', { name: '' }),
    await admin.post('/credentials/add', { token: '' }),
  ];
  for (const { headers, html } of responses) {
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|style="|src=|href="(?!\/)|action="(?!\/)| on\w+=/);
  }
  const moved = await admin.post('/logout');
  expect(moved.headers.get('referrer-policy')).toBe('no-referrer');
  expect(moved.headers.get('cache-control')).toBe('no-store');
});

test('HEAD has the status and headers of GET, without a body or a session', async () => {
  const { gateway } = await openPage();
  const head = (path: string) => gateway.fetch(new Request(`http://localhost${path}`, { method: 'HEAD' }));
  const page = await head('/credentials');
  expect([page.status, await page.text(), page.headers.getSetCookie()]).toEqual([401, '', []]);
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
  const form = await head('/logout');
  expect([form.status, form.headers.get('allow')]).toEqual([405, 'POST']);
});

test('only the consent form may redirect to Twilio', async () => {
  const admin = await (await openPage()).admin();
  const { headers } = await admin.get('/credentials/connect');
  expect(headers.get('content-security-policy')).toContain(
    "form-action 'self' https://oauth.twilio.com https://*.twilio.com;",
  );
});
