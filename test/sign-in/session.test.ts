import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { createKit } from '../kit.ts';
import { ADMIN_KEY, makeKey, openSignIn } from './kit.ts';
import { createVisitor } from './visitor.ts';

describe('a session', () => {
  test('has a cookie that is hidden from scripts, other sites and, with https, plain http', async () => {
    const kit = await openSignIn();
    const logIn = async (at: typeof kit, headers = {}) =>
      (await at.visitor().post('/login', { key: ADMIN_KEY }, headers)).cookies[0];
    expect(await logIn(kit)).toMatch(/^tgw_session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await logIn(kit, { 'x-forwarded-proto': 'https', origin: 'https://localhost' })).toMatch(
      /^__Host-tgw_session=[^;]+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const publicUrl = new URL('https://gateway.example');
    expect(await logIn(kit.beside({ publicUrl }), { origin: publicUrl.origin })).toContain('; Secure');
  });

  test('ends at the logout: a copy of its cookie is useless on every gateway', async () => {
    const kit = await openSignIn();
    const admin = await kit.admin();
    const copies = [kit, kit.beside()].map((gateway) => gateway.visitor().stealFrom(admin));
    for (const copy of copies) expect(await copy.viewer()).toBe(200);
    expect((await admin.post('/logout')).status).toBe(303);
    for (const copy of copies) {
      expect(await copy.viewer()).toBe(401);
      expect((await copy.get('/login')).html).toContain('<h1>Sign in</h1>');
    }
    expect((await admin.logIn(ADMIN_KEY)).status).toBe(303);
    expect(await admin.viewer()).toBe(200);
  });

  test('ends when its browser logs in again, but no other session does', async () => {
    const kit = await openSignIn();
    const [admin, other] = [await kit.admin(), await kit.admin()];
    const copy = kit.visitor().stealFrom(admin);
    expect((await admin.logIn(ADMIN_KEY)).status).toBe(303);
    expect([await copy.viewer(), await admin.viewer(), await other.viewer()]).toEqual([401, 200, 200]);
  });

  test('gives no access, and is not reported as ended, while the store is unavailable', async () => {
    let away = false;
    const unless = async <T>(work: () => Promise<T>): Promise<T> => {
      if (away) throw new StoreUnavailableError('it does not respond');
      return work();
    };
    const kit = await openSignIn({
      wrap: (store) => ({
        ...store,
        hasSession: (id) => unless(() => store.hasSession(id)),
        endSession: (id) => unless(() => store.endSession(id)),
      }),
    });
    const admin = await kit.admin();
    away = true;
    const read = await admin.send('/graphql', { query: '{ viewer { name } }' });
    expect(await read.json()).toMatchObject({ errors: [{ extensions: { code: 'STORE_UNAVAILABLE' } }] });
    expect((await admin.get('/login')).status).toBe(503);
    const { status, html, cookies } = await admin.post('/logout');
    expect([status, html, cookies]).toEqual([503, expect.stringContaining('cannot be reached'), []]);
    away = false;
    expect(await admin.viewer()).toBe(200);
  });

  test('ends at the logout of a gateway whose credentials all come from the settings', async () => {
    const { gateway } = createKit({ config: { adminKey: ADMIN_KEY } });
    const admin = createVisitor(gateway);
    expect((await admin.logIn(ADMIN_KEY)).status).toBe(303);
    const copy = createVisitor(gateway).stealFrom(admin);
    expect(await copy.viewer()).toBe(200);
    await admin.post('/logout');
    expect(await copy.viewer()).toBe(401);
  });

  test('ends when the admin key of the settings changes', async () => {
    const kit = await openSignIn();
    const other = kit.beside({ adminKey: 'another-admin-key-0123456789abcdef012345' }).visitor();
    expect(await other.stealFrom(await kit.admin()).viewer()).toBe(401);
  });

  test('is known to a second gateway only with the same encryption keys', async () => {
    const kit = await openSignIn();
    const admin = await kit.admin();
    expect(await kit.beside().visitor().stealFrom(admin).viewer()).toBe(200);
    expect(await kit.beside({ encryptionKeys: [] }).visitor().stealFrom(admin).viewer()).toBe(401);
  });

  test('does not open after a bit was changed', async () => {
    const kit = await openSignIn();
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
      expect(await visitor.viewer()).toBe(401);
    }
  });

  test('does not count where the request has a key, though the key is wrong', async () => {
    const admin = await (await openSignIn()).admin();
    expect(await admin.viewer({ authorization: 'Bearer tgw_unknown' })).toBe(401);
  });

  test('has the rate limit of its key', async () => {
    const limits = { ...DEFAULT_LIMITS, ratePerMinute: 2 };
    const kit = await openSignIn({ config: { limits } });
    const visitor = kit.visitor();
    await visitor.logIn((await makeKey(kit, 'ADMIN')).token);
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push(await visitor.viewer());
    expect(statuses).toEqual([200, 200, 429]);
  });
});
