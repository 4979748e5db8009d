import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, basic, sandboxKit } from './kit.ts';

const { sandbox, parent, parentApp, active, messages } = sandboxKit();
const headers = { authorization: basic(parent.sid, parent.authToken) };
const control = (method: string, body?: unknown) =>
  fetch(`${listener.url}/_sandbox/switches`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
let listener: Awaited<ReturnType<typeof sandbox.listen>>;

beforeAll(async () => {
  listener = await sandbox.listen();
});
beforeEach(() => sandbox.clearCalls());
afterAll(() => listener.close());

test('responds the same over HTTP as in-process', async () => {
  const [wire, inside] = [
    await fetch(listener.url + messages, { headers }),
    await sandbox.fetch(messages, { headers }),
  ];
  expect(await wire.json()).toEqual(await inside.json());
  expect(wire.headers.get('content-type')).toBe(inside.headers.get('content-type'));
});

test('logs each call, without secrets', async () => {
  await fetch(`${listener.url}${messages}?Page=2`, { headers });
  await fetch(`${listener.url}/2010-04-01/Accounts.json`, { headers });
  await fetch(`${listener.url}/_sandbox`);
  expect(sandbox.calls).toEqual([
    {
      method: 'GET',
      path: `${messages}?Page=2`,
      status: 400,
      accountSid: parent.sid,
      credential: parent.sid,
      code: 20001,
    },
    {
      method: 'GET',
      path: '/2010-04-01/Accounts.json',
      status: 200,
      accountSid: parent.sid,
      credential: parent.sid,
    },
  ]);
});

describe('faults over HTTP', () => {
  test('a reset connection', async () => {
    sandbox.set({ resetConnection: { next: 1 } });
    const pending = fetch(listener.url + messages, { headers });
    await expect(pending).rejects.toMatchObject({ message: 'fetch failed' });
  });

  test('a truncated body', async () => {
    sandbox.set({ truncateBody: { next: 1 } });
    const response = await fetch(listener.url + messages, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('a disconnected client frees its slot', async () => {
    sandbox.set({ latencyMs: 60_000, concurrencyLimit: 1 });
    await expect(
      fetch(listener.url + messages, { headers, signal: AbortSignal.timeout(50) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
    sandbox.set({ latencyMs: 0 });
    await expect.poll(async () => (await fetch(listener.url + messages, { headers })).status).toBe(200);
    sandbox.set({ concurrencyLimit: 100 });
  });
});

describe('/_sandbox', () => {
  test('changes, shows and resets switches', async () => {
    const changed = await control('PUT', { latencyMs: 1, fail500: { next: 3 } });
    expect(await changed.json()).toMatchObject({ latencyMs: 1, fail500: { next: 3 }, retentionDays: 400 });
    expect(sandbox.switches).toMatchObject({ latencyMs: 1, fail500: { next: 3 } });
    expect(await (await control('GET')).json()).toEqual(sandbox.switches);
    await control('DELETE');
    expect(sandbox.switches).toMatchObject({ latencyMs: 0, fail500: 0 });
  });

  test.each([
    [{ latency: 1 }, 'There is no switch "latency".'],
    [{ latencyMs: '1' }, 'latencyMs must be a number of 0 or more, not "1".'],
    [{ nullDateOrder: 'up' }, 'nullDateOrder must be "created" or "first" or "last", not "up".'],
    [{ emptyPageWithNext: 1 }, 'emptyPageWithNext must be true or false, not 1.'],
    [{ tokenThrottle: { next: -1 } }, /^tokenThrottle must be a rate/],
    [[1], 'Send a JSON object of switches and their new values.'],
  ])('rejects %j', async (change, message) => {
    const before = { ...sandbox.switches };
    const response = await control('PUT', change);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(sandbox.switches).toEqual(before);
  });

  test('returns a summary without secrets', async () => {
    const text = await (await fetch(`${listener.url}/_sandbox`)).text();
    expect(JSON.parse(text)).toMatchObject({
      accounts: expect.arrayContaining([
        expect.objectContaining({ sid: active.sid, status: 'active', messages: 700 }),
      ]),
      apps: [{ nickname: 'sandbox', clientId: parentApp.clientId }, { nickname: 'sandbox-subaccount' }],
      organizationApps: [
        { nickname: 'sandbox-organization', redirectUris: expect.arrayContaining([expect.any(String)]) },
      ],
      switches: { retentionDays: 400 },
    });
    const organizationSecret = at(sandbox.organizationApps, 0).clientSecret;
    for (const secret of [
      organizationSecret,
      parentApp.clientSecret,
      parent.authToken,
      parent.apiKeys.main.secret,
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  test('rejects other paths and methods', async () => {
    expect((await fetch(`${listener.url}/_sandbox/x`)).status).toBe(404);
    expect((await fetch(`${listener.url}/_sandbox/switches`, { method: 'POST' })).status).toBe(405);
  });
});

test('close frees the port despite keep-alive connections', async () => {
  const other = await sandbox.listen();
  await (await fetch(other.url + messages, { headers })).text();
  await other.close();
  await expect(fetch(other.url + messages, { headers })).rejects.toThrow('fetch failed');
});
