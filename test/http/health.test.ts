import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { createHealth, type HealthOptions } from '../../src/http/health.ts';
import { openStore } from '../../src/open-store.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { type Cipher, createCipher, createMissingCipher } from '../../src/store/cipher.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import { createKit, type Kit } from '../kit.ts';

async function probe(kit: Kit, path: string) {
  const response = await kit.gateway.fetch(`http://localhost${path}`);
  const body = (await response.json()) as { status: string; components: Record<string, { state: string }> };
  const states = Object.entries(body.components ?? {}).map(([name, { state }]) => [name, state]);
  return { http: response.status, status: body.status, ...Object.fromEntries(states) };
}

test('/health succeeds while the process runs', async () => {
  const kit = createKit();
  kit.gateway.drain();
  expect(await probe(kit, '/health')).toEqual({ http: 200, status: 'ok' });
});

describe('/ready', () => {
  test('reports store, token and upstream separately, and fails with 503 during shutdown', async () => {
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

  test('requests one token from Twilio and nothing else, however often it is called', async () => {
    const kit = createKit();
    for (let times = 0; times < 5; times += 1) await probe(kit, '/ready');
    expect(kit.sandbox.calls.map(({ path }) => path)).toEqual(['/v2/token']);
    expect(await probe(kit, '/ready')).toMatchObject({ token: 'up', upstream: 'unknown' });
  });

  test('a secret Twilio refuses: refused, but ready', async () => {
    const kit = createKit();
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.rotateSecret(clientId);
    expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', token: 'refused' });
    expect(await probe(kit, '/ready?require=store')).toMatchObject({ http: 200 });
    expect(await probe(kit, '/ready?require=store,token')).toMatchObject({ http: 503, status: 'not ready' });
  });

  test('a failing Twilio: upstream is down until it responds again', async () => {
    const kit = createKit();
    await kit.query('{ account { sid } }');
    kit.sandbox.set({ fail503: 1 });
    await kit.query('{ account { sid } }');
    expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', upstream: 'down' });
    kit.sandbox.set({ fail503: 0 });
    await kit.query('{ account { sid } }');
    expect(await probe(kit, '/ready')).toMatchObject({ status: 'ready', upstream: 'up' });
  });

  test('an unavailable or hanging database: store is down, and the probe responds', async () => {
    const { apps } = createSandbox();
    for (const ping of [() => Promise.reject(new Error('away')), () => new Promise<void>(() => {})]) {
      const kit = createKit({ store: { ...createFixedStore([...apps]), ping } });
      expect(await probe(kit, '/ready')).toMatchObject({ http: 200, status: 'degraded', store: 'down' });
      expect(await probe(kit, '/ready?require=store')).toMatchObject({ http: 503 });
    }
  });

  test('a wrong encryption key: not ready, but running', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'gateway-key-')), 'gateway.db');
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    const { apps } = createSandbox();
    const [{ clientId = '', clientSecret = '', accountSid = '' } = {}, setting] = apps;
    const [right, wrong] = [generateEncryptionKey(), generateEncryptionKey()].map(parseEncryptionKeys);
    const open = async (cipher: Cipher) => {
      const store = await createCachedStore(await openStore({ file, cipher }), { cipher });
      onTestFinished(() => store.close());
      return store;
    };
    const store = await open(createCipher(right ?? []));
    await store.add({ nickname: 'stored', accountSid, clientId, clientSecret });
    expect(await probe(createKit({ store }), '/ready')).toMatchObject({ http: 200, store: 'up' });

    for (const cipher of [createCipher(wrong ?? []), createMissingCipher()]) {
      const kit = createKit({ store: withSettings(await open(cipher), setting ? [setting] : []) });
      for (const path of ['/ready', '/ready?require=token', '/ready?require=store']) {
        expect(await probe(kit, path)).toMatchObject({ http: 503, status: 'not ready', store: 'unreadable' });
      }
      expect(await probe(kit, '/health')).toMatchObject({ http: 200 });
      const read = (nickname: string) =>
        kit.query('{ account { sid } }', {}, { 'x-twilio-credential': nickname });
      expect((await read(setting?.nickname ?? '')).errors).toBeUndefined();
      expect((await read('stored')).errors?.[0]?.extensions.code).toMatch(
        /^SECRET_UNREADABLE$|^ENCRYPTION_KEY_MISSING$/,
      );
    }
    const both = createKit({ store: await open(createCipher([...(wrong ?? []), ...(right ?? [])])) });
    expect(await probe(both, '/ready')).toMatchObject({ http: 200, store: 'up' });
  });

  test('an unknown component is never up', async () => {
    expect(await probe(createKit(), '/ready?require=stroe')).toMatchObject({ http: 503 });
  });

  test('contains neither a secret nor an account', async () => {
    const kit = createKit();
    await kit.query('{ account { sid } }');
    const text = await (await kit.gateway.fetch('http://localhost/ready')).text();
    expect(text).not.toMatch(/AC[0-9a-f]{32}|OQ[0-9a-f]{32}|eyJ/);
  });
});

test('many concurrent probes query the database once a second', async () => {
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
  const storm = () => Promise.all(Array.from({ length: 50 }, () => health.probe(new URL('http://x/ready'))));
  await storm();
  await storm();
  expect(pings).toBe(1);
  time += 1_000;
  await storm();
  expect(pings).toBe(2);
});
