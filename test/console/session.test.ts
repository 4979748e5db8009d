import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { localPath } from '../../src/sign-in/origin.ts';
import { openSession, type SessionOptions } from './session.ts';

const HOUR = 60 * 60 * 1000;

describe('a session of the console', () => {
  test.each(['READER', 'ADMIN'] as const)('is begun with the key of a %s', async (role) => {
    const { visitor, run } = await openSession({ role });
    const cookie = [...visitor.jar.keys()];
    expect(cookie).toContain('tgw_session');
    expect(await run('viewer')).toMatchObject({ status: 200, data: { viewer: { role } } });
  });

  test('runs trusted documents only, unless GraphiQL is served', async () => {
    const closed = await openSession({ http: { ...DEFAULT_HTTP, graphiql: false } });
    const query = { query: '{ viewer { role } }' };
    expect(await closed.send(query)).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
    });
    // Nor does a response that a key has had before make a difference.
    for (let time = 0; time < 3; time += 1) {
      const response = await closed.kit.gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${closed.token}` },
        body: JSON.stringify(query),
      });
      expect(response.status).toBe(200);
    }
    expect((await closed.send(query)).status).toBe(403);
    expect((await closed.run('viewer')).status).toBe(200);

    const open = await openSession();
    expect((await open.send(query)).status).toBe(200);
  });

  test('does not count for a request that another page can cause', async () => {
    const { send, exported } = await openSession();
    const requests: [string, Record<string, string>, string[]][] = [
      ['without the header', {}, ['x-gateway-session']],
      ['without Fetch Metadata', {}, ['sec-fetch-site']],
      ['without the cookie', {}, ['cookie']],
      ['from a page of the same site', { 'sec-fetch-site': 'same-site' }, []],
      ['from another site', { 'sec-fetch-site': 'cross-site' }, []],
      ['with another origin', { origin: 'https://evil.example' }, []],
      ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, []],
      ['as text', { 'content-type': 'text/plain' }, []],
    ];
    for (const [name, headers, without] of requests) {
      const read = await send({ documentId: 'ListAccounts' }, headers, without);
      const file = await exported({}, headers, without);
      for (const { status } of [read, file])
        expect([name, [401, 403, 415]]).toEqual([name, expect.arrayContaining([status])]);
    }
  });

  test('counts for nothing but POST /graphql and POST /export', async () => {
    const { visitor } = await openSession();
    for (const path of ['/graphql?documentId=ListAccounts', '/export/messages.csv']) {
      const { status } = await visitor.get(path, {
        'x-gateway-session': '1',
        'sec-fetch-site': 'same-origin',
      });
      expect([path, status]).toEqual([path, 401]);
    }
  });

  test('ends for every request when its key is revoked or expires, and after 8 hours', async () => {
    let at = Date.now();
    const now = () => at;
    const revoked = await openSession({ now });
    expect((await revoked.run('viewer')).status).toBe(200);
    await revoked.kit.store.revokeApiKey(revoked.keyId);
    expect(await revoked.run('viewer')).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await revoked.exported({})).status).toBe(401);

    const short = await openSession({ now, dateExpires: new Date(at + HOUR) });
    const long = await openSession({ now });
    at += HOUR + 1;
    expect([(await short.run('viewer')).status, (await long.run('viewer')).status]).toEqual([401, 200]);
    at += 7 * HOUR;
    expect((await long.run('viewer')).status).toBe(401);
  });

  test('has another id after each login, so that a planted cookie opens nothing', async () => {
    const { kit, token, visitor } = await openSession();
    const planted = kit.visitor().stealFrom(visitor);
    const victim = kit.visitor().stealFrom(visitor);
    await victim.logIn(token);
    expect([await victim.viewer(), await planted.viewer()]).toEqual([200, 401]);
  });

  test('has the credentials and the field policy of its key', async () => {
    const { send } = await openSession({ role: 'READER', fieldPolicy: { addresses: 'LAST_FOUR' } });
    const { data } = await send({
      query: '{ viewer { credentials { nickname } fieldPolicy { addresses } } }',
    });
    expect(data?.viewer).toEqual({ credentials: [], fieldPolicy: { addresses: 'LAST_FOUR' } });
  });
});

describe('signing out', () => {
  test('from the console ends the session for every copy of its cookie', async () => {
    const { kit, visitor, post } = await openSession();
    const copy = kit.visitor().stealFrom(visitor);
    expect((await post('/logout', {}, { 'x-gateway-session': '0' })).status).toBe(415);
    expect(await copy.viewer()).toBe(200);
    const response = await post('/logout', {});
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(await copy.viewer()).toBe(401);
  });
});

describe('where the login leads to', () => {
  const EVIL = [
    'https://evil.example/',
    '//evil.example/',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    '/x/%2e%2e//evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    '/x\r\nset-cookie: a=b',
    'evil.example',
    'http:evil.example',
    '/logout',
    '/login?next=//evil.example',
    `/${'x'.repeat(3_000)}`,
    '',
  ];

  test.each(EVIL)('%j leads nowhere', async (next) => {
    expect(localPath(next)).toBe('/');
  });

  test.each([
    ['/messages', '/messages'],
    ['/threads/v1.abc', '/threads/v1.abc'],
    ['/admin/credentials?x=1', '/admin/credentials?x=1'],
    ['/graphql', '/graphql'],
    ['/loginx', '/loginx'],
  ])('%j leads to %j', (next, path) => {
    expect(localPath(next)).toBe(path);
  });

  test('is this gateway, for every login', async () => {
    const { kit, token } = await openSession();
    for (const [next, location] of [
      ...EVIL.slice(0, 9).map((one) => [one, '/']),
      ['/messages', '/messages'],
    ]) {
      const visitor = kit.visitor();
      const path = `/login?${new URLSearchParams({ next: next ?? '' })}`;
      await visitor.get(path);
      expect(await visitor.post(path, { key: token })).toMatchObject({ status: 303, location });
      const again = await visitor.get(path);
      expect(again.html).toContain(`href="${location}"`);
    }
  });

  test('an open gateway needs no login', async () => {
    const { kit } = await openSession({ role: 'READER', adminKey: undefined });
    expect(await kit.visitor().get('/login?next=/messages')).toMatchObject({
      status: 303,
      location: '/messages',
    });
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-gateway-session': '1',
        'sec-fetch-site': 'same-origin',
      },
      body: JSON.stringify({ documentId: 'ListAccounts' }),
    });
    expect(response.status).toBe(200);
  });
});

describe('an export by the console', () => {
  test('has the filter in its body, and equals the one by GET', async () => {
    const { exported, kit, token } = await openSession();
    const filter = { status: ['FAILED', 'DELIVERED'] };
    const query = new URLSearchParams({ filter: JSON.stringify(filter), cursors: 'true' });
    const byGet = await kit.gateway.fetch(`http://localhost/export/messages.csv?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const byPost = await exported({ filter, cursors: true });
    expect(byPost.status).toBe(200);
    expect(byPost.headers.get('content-disposition')).toBe('attachment; filename="messages.csv"');
    const text = await byPost.text();
    expect(text.split('\r\n').length).toBeGreaterThan(3);
    expect(text).toBe(await byGet.text());
  });

  test('works with a key, too', async () => {
    const { kit, token } = await openSession();
    const response = await kit.gateway.fetch('http://localhost/export/messages.ndjson', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ in: { all: true } }),
    });
    expect(response.status).toBe(200);
    expect((await response.text()).trim().split('\n').length).toBeGreaterThan(10);
  });

  test('rejects a body that is something else', async () => {
    const { exported } = await openSession();
    for (const body of ['[]', 'null', '{', '{"filters":{}}', '{"filter":"{"}']) {
      const response = await exported(body);
      expect([body, response.status, await response.json()]).toEqual([
        body,
        400,
        { errors: [expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })] },
      ]);
    }
  });

  test('leaves no phone number in the log', async () => {
    const { exported, send, kit } = await openSession();
    const number = '+15551234567';
    await (await exported({ filter: { to: number } })).text();
    await send({ documentId: 'ListMessages', variables: { to: number } });
    expect(kit.lines.join('')).not.toMatch(/5551234567/);
    expect(kit.lines.join('')).toContain('/export/messages.csv');
  });
});

test('the documents of the console run by session', async () => {
  const { send } = await openSession({ http: { ...DEFAULT_HTTP, graphiql: false } } satisfies SessionOptions);
  const id = createHash('sha256').update('nothing').digest('hex');
  expect(await send({ documentId: id })).toMatchObject({
    errors: [{ extensions: { code: 'OPERATION_UNKNOWN' } }],
  });
});
