import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listening } from '../http/kit.ts';
import { ADMIN_KEY, openSignIn } from './kit.ts';

const NO_ORIGIN = { origin: undefined, 'sec-fetch-site': undefined };

/** What browsers send with a form of another site, and programs with any. */
const FOREIGN = [
  { origin: 'https://evil.example' },
  { origin: 'http://localhost:8080' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example', 'sec-fetch-site': undefined },
  { origin: undefined, 'sec-fetch-site': 'cross-site' },
  NO_ORIGIN,
];

describe('a form of another site', () => {
  test.each(FOREIGN)('signs nobody in or out: %j', async (headers) => {
    const kit = await openSignIn();
    // Whoever is signed in with the key of an attacker types secrets into the attacker's gateway.
    const { status, cookies } = await kit.visitor().post('/login', { key: ADMIN_KEY }, headers);
    expect([status, cookies]).toEqual([403, []]);
    const admin = await kit.admin();
    expect((await admin.post('/logout', {}, headers)).status).toBe(403);
    expect((await admin.send('/logout', {}, headers)).status).toBe(403);
    expect((await admin.send('/oauth/consent', {}, headers)).status).toBe(403);
    expect(await admin.viewer()).toBe(200);
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('is rejected where no login is required, too', async () => {
    const kit = await openSignIn({ config: { adminKey: undefined } });
    for (const headers of FOREIGN) {
      expect((await kit.visitor().send('/oauth/consent', {}, headers)).status).toBe(403);
    }
    expect(kit.sandbox.calls).toEqual([]);
  });
});

test('a form of this gateway is accepted by either of the two headers', async () => {
  const kit = await openSignIn();
  for (const headers of [
    { origin: undefined },
    { 'sec-fetch-site': undefined },
    // A closed tab that is opened again.
    { origin: undefined, 'sec-fetch-site': 'none' },
  ]) {
    expect((await kit.visitor().post('/login', { key: ADMIN_KEY }, headers)).status).toBe(303);
  }
});

test('GET changes nothing', async () => {
  const kit = await openSignIn();
  const admin = await kit.admin();
  for (const path of ['/logout', '/oauth/consent']) {
    const { status, headers } = await admin.get(path);
    expect([path, status, headers.get('allow')]).toEqual([path, 405, 'POST']);
  }
  expect(await admin.viewer()).toBe(200);
});

describe('behind a proxy', () => {
  test('with https the origin is the public one', async () => {
    const kit = await openSignIn();
    const https = { 'x-forwarded-proto': 'https', origin: 'https://localhost' };
    const post = (headers: Record<string, string>) => kit.visitor().post('/login', { key: 'x' }, headers);
    expect((await post(https)).status).toBe(401);
    expect((await post({ ...https, origin: 'http://localhost' })).status).toBe(403);
    // A proxy that does not say so.
    expect((await post({ origin: 'https://localhost' })).status).toBe(401);
  });

  test('that changes the Host header, PUBLIC_URL sets the origin', async () => {
    const kit = (await openSignIn()).beside({ publicUrl: new URL('https://gateway.example') });
    const post = (origin: string) => kit.visitor().post('/login', { key: 'x' }, { origin });
    expect((await post('https://gateway.example')).status).toBe(401);
    expect((await post('http://localhost')).status).toBe(403);
  });
});

test('a link from another site finds the login', async () => {
  const admin = await (await openSignIn()).admin();
  for (const from of ['cross-site', 'same-site', 'none']) {
    const { status, html } = await admin.get('/login', { 'sec-fetch-site': from });
    expect([status, html]).toEqual([200, expect.stringContaining('Signed in as')]);
  }
});

describe('an invalid form', () => {
  test('is rejected by its content type and by its actual size', async () => {
    const visitor = (await openSignIn()).visitor();
    const key = { key: ADMIN_KEY };
    expect((await visitor.post('/login', key, { 'content-type': 'text/plain' })).status).toBe(415);
    const large = { ...key, padding: 'x'.repeat(64 * 1024) };
    expect((await visitor.post('/login', large)).status).toBe(413);
    expect((await visitor.post('/login', large, { 'content-length': '10' })).status).toBe(413);
  });

  test('whose client goes away is not logged as an unexpected error', async () => {
    const { socket, lines } = await listening();
    const { write, socket: client } = socket();
    write('POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 1000\r\n');
    write('Content-Type: application/x-www-form-urlencoded\r\n\r\nkey=');
    await sleep(200);
    client.destroy();
    await sleep(200);
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  test('another path gets "Not found"', async () => {
    const admin = await (await openSignIn()).admin();
    for (const path of ['/login/', '/login/x', '/oauth', '/oauth/start', '/toString']) {
      expect((await admin.get(path)).status).toBe(404);
    }
  });
});
