import { describe, expect, test } from 'vitest';
import { createFixedStore } from '../../src/credentials/fixed-store.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createHealth, type HealthOptions } from '../../src/server/health.ts';
import { createKit, type Kit } from '../kit.ts';

async function probe(kit: Kit, path: string) {
  const response = await kit.gateway.fetch(`http://localhost${path}`);
  const body = (await response.json()) as { status: string; components: Record<string, { state: string }> };
  const states = Object.entries(body.components ?? {}).map(([name, { state }]) => [name, state]);
  return { http: response.status, status: body.status, ...Object.fromEntries(states) };
}

test('/health answers as long as the process runs', async () => {
  const kit = createKit();
  kit.gateway.drain();
  expect(await probe(kit, '/health')).toEqual({ http: 200, status: 'ok' });
});

describe('/ready', () => {
  test('tells store, token and upstream apart, and is a load balancer\u2019s 503 while it stops', async () => {
    const kit = createKit();
    await kit.query('{ account { sid } }');
    expect(await probe(kit, '/ready')).toEqual({
      http: 200,
      status: 'ready',
      store: 'up',
      token: 'up',
      upstream: 'up',
    });
    kit.gateway.drain();
    expect(await probe(kit, '/ready')).toMatchObject({ http: 503, status: 'stopping', store: 'up' });
  });

  test('asks Twilio for one token and for nothing else, however often it is asked', async () => {
    const kit = createKit();
    for (let times = 0; times < 5; times += 1) await probe(kit, '/ready');
    expect(kit.sandbox.calls.map(({ path }) => path)).toEqual(['/v2/token']);
    expect(await probe(kit, '/ready')).toMatchObject({ token: 'up', upstream: 'unknown' });
  });

  test('a secret Twilio does not take: refused, and ready all the same', async () => {
    const kit = createKit();
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.rotateSecret(clientId);
    expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', token: 'refused' });
    expect(await probe(kit, '/ready?require=store')).toMatchObject({ http: 200 });
    expect(await probe(kit, '/ready?require=store,token')).toMatchObject({ http: 503, status: 'not ready' });
  });

  test('a Twilio that fails: upstream is down until it answers again', async () => {
    const kit = createKit();
    await kit.query('{ account { sid } }');
    kit.sandbox.set({ fail503: 1 });
    await kit.query('{ account { sid } }');
    expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', upstream: 'down' });
    kit.sandbox.set({ fail503: 0 });
    await kit.query('{ account { sid } }');
    expect(await probe(kit, '/ready')).toMatchObject({ status: 'ready', upstream: 'up' });
  });

  test('a database that is away, or hangs: store is down, and the probe comes back', async () => {
    const { apps } = createSandbox();
    for (const ping of [() => Promise.reject(new Error('away')), () => new Promise<void>(() => {})]) {
      const kit = createKit({ store: { ...createFixedStore([...apps]), ping } });
      expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', store: 'down' });
      expect(await probe(kit, '/ready?require=store')).toMatchObject({ http: 503 });
    }
  });

  test('a component of no such name is never up', async () => {
    expect(await probe(createKit(), '/ready?require=stroe')).toMatchObject({ http: 503 });
  });

  test('says neither a secret nor an account', async () => {
    const kit = createKit();
    await kit.query('{ account { sid } }');
    const text = await (await kit.gateway.fetch('http://localhost/ready')).text();
    expect(text).not.toMatch(/AC[0-9a-f]{32}|OQ[0-9a-f]{32}|eyJ/);
  });
});

test('a storm of probes looks at the database once a second', async () => {
  let pings = 0;
  let time = 1_000_000;
  const health = createHealth({
    pingStore: async () => {
      pings += 1;
    },
    wantToken: async () => {},
    token: () => ({ state: 'up' }),
    upstream: () => ({ state: 'up' }),
    now: () => time,
  } satisfies HealthOptions);
  const storm = () => Promise.all(Array.from({ length: 50 }, () => health.answer(new URL('http://x/ready'))));
  await storm();
  await storm();
  expect(pings).toBe(1);
  time += 1_000;
  await storm();
  expect(pings).toBe(2);
});
