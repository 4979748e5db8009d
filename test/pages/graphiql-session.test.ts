import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { makeKey, openPage, type PageKitOptions } from './kit.ts';

const BODY = JSON.stringify({ query: '{ viewer { name role } }' });

/** A POST to /graphql as a browser sends it from GraphiQL, with the cookies of a logged-in administrator. */
async function loggedIn(options: PageKitOptions = {}) {
  const kit = await openPage(options);
  const { id: keyId, token } = await makeKey(kit, 'ADMIN');
  const admin = kit.visitor();
  expect((await admin.logIn(token)).status).toBe(303);
  await admin.get('/credentials');
  const cookie = [...admin.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const own = {
    'content-type': 'application/json',
    cookie,
    'x-gateway-session': '1',
    'sec-fetch-site': 'same-origin',
    origin: 'http://localhost',
  };
  const send = (
    headers: Record<string, string> = {},
    without: string[] = [],
    path = '/graphql',
    method = 'POST',
  ) => {
    const all = Object.fromEntries(
      Object.entries({ ...own, ...headers }).filter(([name]) => !without.includes(name)),
    );
    const body = method === 'POST' ? { body: BODY } : {};
    return kit.gateway.fetch(`http://localhost${path}`, { method, headers: all, ...body });
  };
  return { kit, admin, keyId, send };
}

describe('GraphiQL with the login of the admin page', () => {
  test('reads as that administrator', async () => {
    const { send } = await loggedIn();
    expect(await (await send()).json()).toMatchObject({ data: { viewer: { role: 'ADMIN' } } });
    // Not every browser sends Origin.
    expect((await send({}, ['origin'])).status).toBe(200);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['without the header', {}, ['x-gateway-session']],
    ['with another value of the header', { 'x-gateway-session': 'true' }, []],
    ['with an empty header', { 'x-gateway-session': '' }, []],
    ['without Fetch Metadata', {}, ['sec-fetch-site']],
    ['without the cookie', {}, ['cookie']],
    ['with a cookie that was changed', { cookie: 'tgw_session=v1.0.0.0' }, []],
  ])('is not logged in %s', async (_, headers, without) => {
    const { send } = await loggedIn();
    expect((await send(headers, without)).status).toBe(401);
  });

  test.each([
    ['same-site', 'http://other.localhost'],
    ['cross-site', 'https://evil.example'],
    ['same-origin', 'https://evil.example'],
  ])('is rejected from another origin: %s, %s', async (site, origin) => {
    const { send } = await loggedIn();
    expect((await send({ 'sec-fetch-site': site, origin })).status).toBeGreaterThanOrEqual(401);
  });

  test('a key in the request counts, not the login', async () => {
    const { send } = await loggedIn();
    expect((await send({ authorization: 'Bearer tgw_unknown' })).status).toBe(401);
  });

  test('ends with the logout', async () => {
    const { admin, send } = await loggedIn();
    expect((await send()).status).toBe(200);
    await admin.post('/logout');
    expect((await send()).status).toBe(401);
  });

  test('ends when its key is revoked', async () => {
    const { kit, keyId, send } = await loggedIn();
    expect((await send()).status).toBe(200);
    await kit.store.revokeApiKey(keyId);
    const response = await send();
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('reads only by POST', async () => {
    const { send } = await loggedIn();
    const query = new URLSearchParams({ query: '{ viewer { name } }' });
    expect((await send({}, [], `/graphql?${query}`, 'GET')).status).toBe(401);
    expect((await send({}, [], '/export/messages.csv', 'GET')).status).toBe(401);
  });

  test('has the rate limit of its key', async () => {
    const { send } = await loggedIn({ config: { limits: { ...DEFAULT_LIMITS, ratePerMinute: 2 } } });
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});
