import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/api-token.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { ADMIN_KEY, makeKey, openSignIn } from './kit.ts';

const HOUR = 60 * 60 * 1000;

describe('the login page', () => {
  test('says how to get a key, reveals nothing, and starts no session', async () => {
    const kit = await openSignIn();
    const { status, html, cookies } = await kit.visitor().get('/login');
    expect([status, cookies]).toEqual([200, []]);
    expect(html).toContain('<h1>Sign in</h1>');
    expect(html).toContain('api-key create --admin');
    expect(html).not.toContain('sandbox-subaccount');
  });

  test('is not needed on this machine where the gateway has no keys, nor served there under another name, against DNS rebinding', async () => {
    const kit = await openSignIn({ config: { adminKey: undefined } });
    expect(await kit.visitor().get('/login')).toMatchObject({ status: 303, location: '/' });
    expect((await kit.visitor().get('/login', { host: 'evil.example' })).status).toBe(403);
  });

  test('has no script and the security headers, also where it rejects something', async () => {
    const kit = await openSignIn();
    const { id } = await makeKey(kit, 'ADMIN');
    await kit.store.updateApiKey(id, { name: '"><script>alert(1)</script>' });
    const { token } = await makeKey(kit, 'READER');
    const visitor = kit.visitor();
    const signedIn = kit.visitor();
    await signedIn.logIn(token);
    for (const { headers, html } of [
      await visitor.get('/login'),
      await visitor.get('/login?next="><script>'),
      await visitor.post('/login', { key: '"><script>' }),
      await visitor.post('/login', {}, { origin: 'https://evil.example' }),
      await visitor.get('/logout'),
      await signedIn.get('/login'),
    ]) {
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-/,
      );
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html).not.toMatch(/<script|style="|src=|href="(?!\/)|action="(?!\/)| on\w+=/);
    }
    const moved = await signedIn.post('/logout');
    expect(moved.headers.get('referrer-policy')).toBe('no-referrer');
    expect(moved.headers.get('cache-control')).toBe('no-store');
  });

  test('escapes the name of the key', async () => {
    const kit = await openSignIn();
    const { id, token } = await makeKey(kit, 'READER');
    await kit.store.updateApiKey(id, { name: '<script>alert(1)</script>' });
    const visitor = kit.visitor();
    await visitor.logIn(token);
    const { html } = await visitor.get('/login');
    expect(html).toContain('<h1>Signed in as &lt;script&gt;');
  });

  test('responds to HEAD with the status and headers of GET, without a body', async () => {
    const { gateway } = await openSignIn();
    const head = (path: string) => gateway.fetch(new Request(`http://localhost${path}`, { method: 'HEAD' }));
    const page = await head('/login');
    expect([page.status, await page.text(), page.headers.getSetCookie()]).toEqual([200, '', []]);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
    const form = await head('/logout');
    expect([form.status, form.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a login', () => {
  test('works with the admin key of the settings, and so does the logout', async () => {
    const kit = await openSignIn();
    const visitor = await kit.admin();
    expect(await visitor.viewer()).toBe(200);
    expect((await visitor.get('/login')).html).toContain('Signed in as GATEWAY_ADMIN_KEY');
    expect(visitor.received()).not.toContain(ADMIN_KEY);
    expect(await visitor.post('/logout')).toMatchObject({ status: 303, location: '/login' });
    expect(visitor.jar.size).toBe(0);
    expect((await visitor.get('/login')).html).toContain('<h1>Sign in</h1>');
    expect(await visitor.viewer()).toBe(401);
  });

  test('with the key of a READER gives no right to manage', async () => {
    const kit = await openSignIn();
    const { token } = await makeKey(kit, 'READER');
    const visitor = kit.visitor();
    expect(await visitor.logIn(token)).toMatchObject({ status: 303, location: '/' });
    const response = await visitor.send('/graphql', {
      query: 'mutation { createApiKey(input: { name: "planted", role: ADMIN }) { token } }',
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(await kit.store.listApiKeys()).toHaveLength(1);
  });

  test('with an unknown, expired or revoked key gets the same message, after a delay', async () => {
    const kit = await openSignIn();
    const expired = await makeKey(kit, 'ADMIN', new Date(Date.now() - HOUR));
    const revoked = await makeKey(kit, 'ADMIN');
    await kit.store.revokeApiKey(revoked.id);
    const responses = new Set<string>();
    for (const key of ['', 'nonsense', createToken(), `${ADMIN_KEY}x`, expired.token, revoked.token]) {
      const start = performance.now();
      const { status, html } = await kit.visitor().logIn(key);
      expect(status).toBe(401);
      expect(performance.now() - start).toBeGreaterThan(300);
      responses.add(html);
      if (key) expect(html).not.toContain(key);
    }
    expect(responses.size).toBe(1);
    expect([...responses][0]).toContain('aria-invalid="true"');
  });

  test('while the store is unavailable gets a page that says so', async () => {
    const kit = await openSignIn({
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
    const kit = await openSignIn();
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
