import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listening } from '../http/kit.ts';
import { addByPage, openPage, typedIn } from './kit.ts';

const KEY = { name: 'planted', role: 'ADMIN' };

describe('a cross-site form', () => {
  test('is rejected without a token, with a wrong one, and with one of another session', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    await admin.get('/credentials');
    const foreign = (await (await kit.admin()).get('/credentials/add')).fields.token ?? '';
    const anonymous = (await kit.visitor().get('/credentials')).fields.token ?? '';
    const own = (await admin.get('/credentials/add')).fields.token ?? '';
    const changed = `${own.slice(0, -2)}${own.endsWith('AA') ? 'BB' : 'AA'}`;
    const review = await admin.post('/credentials/check', typedIn(kit.app));
    for (const token of ['', 'x', foreign, anonymous, changed, review.fields.reviewed ?? '']) {
      const { status, html } = await admin.post('/credentials/keys/create', { ...KEY, token });
      expect(status).toBe(403);
      expect(html).toContain('too old');
    }
    expect(await kit.store.listApiKeys()).toEqual([]);
    expect((await admin.post('/credentials/keys/create', { ...KEY, token: own })).status).toBe(200);
  });

  test('is rejected by its origin, even with a valid token', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    await admin.get('/credentials');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:8080' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const { status } = await admin.post('/credentials/keys/create', KEY, headers);
      expect([headers, status]).toEqual([headers, 403]);
    }
    expect(await kit.store.listApiKeys()).toEqual([]);
  });

  test('is rejected where no login is required, too', async () => {
    const kit = await openPage({ config: { adminKey: undefined } });
    const visitor = kit.visitor();
    const { token } = (await visitor.get('/credentials/add')).fields;
    expect(
      await kit.visitor().post('/credentials/keys/create', { ...KEY, token: token ?? '' }),
    ).toMatchObject({
      status: 403,
    });
    expect(
      (await visitor.post('/credentials/keys/create', KEY, { origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect(await kit.store.listApiKeys()).toEqual([]);
    expect((await visitor.post('/credentials/keys/create', { ...KEY, close: 'yes' })).status).toBe(200);
  });

  test('cannot log in or out', async () => {
    const kit = await openPage();
    const { status, cookies } = await kit.visitor().post('/login', { key: 'x' });
    expect(status).toBe(403);
    // A new cookie would replace the one that the browser did not send.
    expect(cookies).toEqual([]);
  });

  test('GET changes nothing', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    for (const path of ['/logout', '/credentials/check', '/credentials/recheck']) {
      const { status, headers } = await admin.get(path);
      expect([path, status, headers.get('allow')]).toEqual([path, 405, 'POST']);
    }
    expect((await admin.get('/oauth/start')).status).toBe(405);
    const id = await addByPage(kit, admin);
    await admin.get(`/credentials/remove?id=${id}`);
    await admin.get(`/credentials/rename?id=${id}&nickname=other`);
    expect(await kit.store.get(id)).toMatchObject({ nickname: 'support' });
  });
});

describe('behind a proxy', () => {
  test('with https the origin is the public one', async () => {
    const kit = await openPage();
    const https = { 'x-forwarded-proto': 'https', origin: 'https://localhost' };
    const told = kit.visitor();
    await told.get('/credentials', https);
    expect((await told.post('/login', { key: 'x' }, https)).status).toBe(401);
    expect((await told.post('/login', { key: 'x' }, { ...https, origin: 'http://localhost' })).status).toBe(
      403,
    );
    const silent = kit.visitor();
    await silent.get('/credentials');
    expect((await silent.post('/login', { key: 'x' }, { origin: 'https://localhost' })).status).toBe(401);
  });

  test('that changes the Host header, PUBLIC_URL sets the origin', async () => {
    const kit = (await openPage()).beside({ publicUrl: new URL('https://gateway.example') });
    const visitor = kit.visitor();
    await visitor.get('/credentials');
    const post = (origin: string) => visitor.post('/login', { key: 'x' }, { origin });
    expect((await post('https://gateway.example')).status).toBe(401);
    expect((await post('http://localhost')).status).toBe(403);
  });
});

test('a link from another site finds the login', async () => {
  const kit = await openPage();
  const admin = await kit.admin();
  for (const from of ['cross-site', 'same-site', 'none']) {
    expect((await admin.get('/credentials', { 'sec-fetch-site': from })).status).toBe(200);
  }
});

describe('an invalid form', () => {
  test('is rejected by its content type and by its actual size', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    await admin.get('/credentials/keys/create');
    expect(await admin.post('/credentials/keys/create', KEY, { 'content-type': 'text/plain' })).toMatchObject(
      {
        status: 415,
      },
    );
    const large = { ...KEY, padding: 'x'.repeat(64 * 1024) };
    expect((await admin.post('/credentials/keys/create', large)).status).toBe(413);
    expect((await admin.post('/credentials/keys/create', large, { 'content-length': '10' })).status).toBe(
      413,
    );
    expect(await kit.store.listApiKeys()).toEqual([]);
  });

  test('whose client goes away is not logged as an unexpected error', async () => {
    const { socket, lines } = await listening();
    const { write, socket: client } = socket();
    write('POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n');
    write('Content-Type: application/x-www-form-urlencoded\r\n\r\nkey=');
    await sleep(200);
    client.destroy();
    await sleep(200);
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test('another path gets "Not found"', async () => {
    const admin = await (await openPage()).admin();
    for (const path of ['/credentials/', '/credentials/x', '/oauth', '/toString']) {
      expect((await admin.get(path)).status).toBe(404);
    }
  });
});
