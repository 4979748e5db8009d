import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { createKit } from '../kit.ts';
import { ADMIN_KEY, makeKey, openPage, type PageKit } from './kit.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const HOUR = 60 * 60 * 1000;

/** Creates another browser with the same cookies and the token of the last form. */
function withCookiesOf(kit: PageKit, visitor: Visitor): Visitor {
  const copy = kit.visitor();
  for (const [name, value] of visitor.jar) copy.jar.set(name, value);
  return copy;
}

describe('a session', () => {
  test('has a cookie that is hidden from scripts, other sites and, with https, plain http', async () => {
    const kit = await openPage();
    const plain = (await kit.visitor().get('/credentials')).cookies[0];
    expect(plain).toMatch(/^tgw_session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/);
    const proxied = (await kit.visitor().get('/credentials', { 'x-forwarded-proto': 'https' })).cookies[0];
    expect(proxied).toMatch(
      /^__Host-tgw_session=[^;]+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const behind = kit.beside({ publicUrl: new URL('https://gateway.example') });
    expect((await behind.visitor().get('/credentials')).cookies[0]).toContain('; Secure');
  });

  test('ends at the logout: a copy of its cookie is useless on every gateway', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    await admin.get('/credentials/keys/create');
    const copies = [kit, kit.beside()].map((gateway) => withCookiesOf(gateway, admin));
    for (const copy of copies) expect((await copy.get('/credentials/keys/create')).status).toBe(200);
    expect((await admin.post('/logout')).status).toBe(303);
    for (const copy of [...copies, withCookiesOf(kit.beside(), copies[0] ?? admin)]) {
      const { status, html } = await copy.get('/credentials');
      expect(status).toBe(401);
      expect(html).not.toContain('sandbox-subaccount');
      // With the token of a form loaded before the logout.
      const posted = await copy.post('/credentials/keys/create', { name: 'x', role: 'ADMIN' });
      expect(posted.status).toBe(401);
      expect(posted.html).toContain('You are no longer signed in');
    }
    expect(await kit.store.listApiKeys()).toEqual([]);
    expect((await admin.logIn(ADMIN_KEY)).status).toBe(303);
    expect((await admin.get('/credentials')).status).toBe(200);
  });

  test('ends when its browser logs in again, but no other session does', async () => {
    const kit = await openPage();
    const [admin, other] = [await kit.admin(), await kit.admin()];
    const copy = withCookiesOf(kit, admin);
    await admin.get('/credentials');
    expect((await admin.post('/login', { key: ADMIN_KEY })).status).toBe(303);
    expect((await copy.get('/credentials')).status).toBe(401);
    expect((await admin.get('/credentials')).status).toBe(200);
    expect((await other.get('/credentials')).status).toBe(200);
  });

  test('gives no access, and is not reported as ended, while the store is unavailable', async () => {
    let away = false;
    const unless = async <T>(work: () => Promise<T>): Promise<T> => {
      if (away) throw new StoreUnavailableError('it does not respond');
      return work();
    };
    const kit = await openPage({
      wrap: (store) => ({
        ...store,
        hasSession: (id) => unless(() => store.hasSession(id)),
        endSession: (id) => unless(() => store.endSession(id)),
      }),
    });
    const admin = await kit.admin();
    await admin.get('/credentials');
    const copy = withCookiesOf(kit, admin);
    away = true;
    const shown = await admin.get('/credentials');
    expect([shown.status, shown.html]).toEqual([503, expect.not.stringContaining('sandbox-subaccount')]);
    const { status, html } = await admin.post('/logout');
    expect([status, html]).toEqual([503, expect.not.stringContaining('You have signed out')]);
    away = false;
    expect((await copy.get('/credentials')).status).toBe(200);
  });

  test('ends at the logout of a gateway whose credentials all come from the settings', async () => {
    const kit = createKit({ config: { adminKey: ADMIN_KEY } });
    const admin = createVisitor(kit.gateway);
    expect((await admin.logIn(ADMIN_KEY)).status).toBe(303);
    await admin.get('/credentials');
    const copy = createVisitor(kit.gateway);
    for (const [name, value] of admin.jar) copy.jar.set(name, value);
    expect((await copy.get('/credentials')).status).toBe(200);
    await admin.post('/logout');
    expect((await copy.get('/credentials')).status).toBe(401);
  });

  test('ends when its key is revoked', async () => {
    const kit = await openPage();
    const { id, token } = await makeKey(kit, 'ADMIN');
    const visitor = kit.visitor();
    await visitor.logIn(token);
    expect((await visitor.get('/credentials')).status).toBe(200);
    await kit.store.revokeApiKey(id);
    const { status, html } = await visitor.post('/credentials/keys/create', { name: 'x', role: 'ADMIN' });
    expect(status).toBe(401);
    expect(html).toContain('You are no longer signed in');
    expect(await kit.store.listApiKeys()).toEqual([]);
  });

  test('ends when its key expires, and after 8 hours', async () => {
    let at = Date.now();
    const kit = await openPage({ now: () => at });
    const short = await makeKey(kit, 'ADMIN', new Date(at + HOUR));
    const visitor = kit.visitor();
    await visitor.logIn(short.token);
    const admin = await kit.admin();
    at += HOUR + 1;
    expect((await visitor.get('/credentials')).status).toBe(401);
    expect((await admin.get('/credentials')).status).toBe(200);
    at += 7 * HOUR;
    expect((await admin.get('/credentials')).status).toBe(401);
  });

  test('ends when the admin key of the settings changes', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const other = kit.beside({ adminKey: 'another-admin-key-0123456789abcdef012345' }).visitor();
    for (const [name, value] of admin.jar) other.jar.set(name, value);
    expect((await other.get('/credentials')).status).toBe(401);
  });

  test('is known to a second gateway only with the same encryption keys', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const beside = kit.beside().visitor();
    const stranger = kit.beside({ encryptionKeys: [] }).visitor();
    for (const [name, value] of admin.jar) {
      beside.jar.set(name, value);
      stranger.jar.set(name, value);
    }
    expect((await beside.get('/credentials')).status).toBe(200);
    expect((await stranger.get('/credentials')).status).toBe(401);
  });

  test('does not open after a bit was changed', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const [version, keyId, ...parts] = (admin.jar.get('tgw_session') ?? '').split('.');
    const [nonce = '', sealed = ''] = parts;
    const bits = Buffer.from(nonce + sealed, 'base64url');
    for (const place of [0, 20, bits.length - 1]) {
      const changed = Buffer.from(bits);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      const text = changed.toString('base64url');
      const cookie = [version, keyId, text.slice(0, nonce.length), text.slice(nonce.length)].join('.');
      const visitor = kit.visitor();
      visitor.jar.set('tgw_session', cookie);
      expect((await visitor.get('/credentials')).status).toBe(401);
    }
  });
});
