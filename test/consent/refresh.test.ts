import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { GatewayStore } from '../../src/store/store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { until } from '../store/test-engines.ts';
import { type ConsentKit, createConsentKit, reads, STRICT } from './kit.ts';

/** Counts the token requests by grant. */
function grantsOf({ tokenCalls }: ConsentKit): Record<string, number> {
  const grants: Record<string, number> = {};
  for (const { form } of tokenCalls) {
    const type = form.get('grant_type') ?? '';
    grants[type] = (grants[type] ?? 0) + 1;
  }
  return grants;
}

/** A store whose disk is sometimes full. */
function savesUnless(store: GatewayStore, isFull: () => boolean): GatewayStore {
  return {
    ...store,
    async saveRefreshToken(id, token) {
      if (isFull()) throw new StoreUnavailableError('the disk is full.');
      await store.saveRefreshToken(id, token);
    },
  };
}

/** Stops the clocks of gateway and sandbox; timers run. */
const stopClocks = () => vi.useFakeTimers({ toFake: ['Date'] });
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

afterEach(() => {
  vi.useRealTimers();
});

/** Delays Twilio's response to a refresh; `isRequested` resolves when it has arrived. */
function slowRefresh(ms: number) {
  const { promise: isRequested, resolve } = Promise.withResolvers<void>();
  const fetch = (upstream: UpstreamFetch): UpstreamFetch => {
    return async (input, init) => {
      const response = await upstream(input, init);
      if (!String(init?.body).includes('grant_type=refresh_token')) return response;
      resolve();
      await sleep(ms);
      return response;
    };
  };
  return { fetch, isRequested };
}

describe('an access token', () => {
  test('is renewed after its expiry, each time with the newest refresh token', async () => {
    stopClocks();
    const kit = await createConsentKit({ switches: STRICT });
    const gateway = await kit.openGateway();
    await gateway.connect();
    // Twilio's tokens have whole seconds, so a lifetime of 2 s is at least 1 s.
    kit.sandbox.set({ tokenTtlSeconds: 2 });
    for (let round = 1; round <= 3; round += 1) {
      if (round > 1) pass(2.1);
      await reads(gateway);
    }
    expect(grantsOf(kit).authorization_code).toBe(1);
    expect(grantsOf(kit).refresh_token).toBeGreaterThanOrEqual(3);
    const sent = kit.tokenCalls.map(({ form }) => form.get('refresh_token')).filter((token) => token);
    const given = kit.tokenCalls.map(({ answer }) => answer.refresh_token);
    expect(sent).toEqual(given.slice(0, -1));
    expect(new Set(sent).size).toBe(sent.length);
  });

  test('rejected by Twilio is renewed once for all waiting reads', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const gateway = await kit.openGateway();
    await gateway.connect();
    await reads(gateway);
    kit.sandbox.revokeTokens(kit.app.clientId);
    await Promise.all(Array.from({ length: 10 }, () => reads(gateway)));
    expect(grantsOf(kit)).toEqual({ authorization_code: 1, refresh_token: 2 });
  });

  test('is renewed even if Twilio does not rotate the refresh token', async () => {
    const kit = await createConsentKit({ switches: { rotateRefreshTokens: false } });
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    const before = await gateway.store.refreshToken(id);
    await reads(gateway);
    kit.sandbox.revokeTokens(kit.app.clientId);
    await reads(gateway);
    expect(await gateway.store.refreshToken(id)).toBe(before);
    expect(grantsOf(kit).refresh_token).toBe(2);
  });
});

describe('a rotated refresh token', () => {
  test('survives restarts of the gateway', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    let gateway = await kit.openGateway();
    await gateway.connect();
    for (let round = 1; round <= 3; round += 1) {
      await reads(gateway);
      await gateway.close();
      gateway = await kit.openGateway();
    }
    await reads(gateway);
    expect(grantsOf(kit)).toEqual({ authorization_code: 1, refresh_token: 4 });
  });

  test('is on disk before the access token is used', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const order: string[] = [];
    const gateway = await kit.openGateway({
      store: (store) => ({
        ...store,
        async saveRefreshToken(id, token) {
          await sleep(50);
          await store.saveRefreshToken(id, token);
          order.push('saved');
        },
      }),
      fetch: (fetch) => async (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        order.push(pathname === '/v2/token' ? 'token' : 'read');
        return fetch(input, init);
      },
    });
    await gateway.connect();
    order.length = 0;
    await reads(gateway);
    expect(order).toEqual(['token', 'saved', 'read']);
  });

  test('that could not be stored is stored with the next read', async () => {
    stopClocks();
    const kit = await createConsentKit({ switches: STRICT });
    let away = false;
    const gateway = await kit.openGateway({
      store: (store) => savesUnless(store, () => away),
    });
    await gateway.connect();
    await reads(gateway);
    kit.sandbox.revokeTokens(kit.app.clientId);
    away = true;
    const readsAgain = async () => {
      const { errors } = await gateway.query();
      for (const { extensions } of errors ?? []) expect(extensions.code).toBe('STORE_UNAVAILABLE');
      return errors === undefined;
    };
    expect(await readsAgain()).toBe(false);
    // A failure is returned for half a second before the next token request.
    pass(0.6);
    expect(await readsAgain()).toBe(false);
    away = false;
    pass(2);
    expect(await readsAgain()).toBe(true);
    await gateway.close();
    await reads(await kit.openGateway());
  });

  test('does not replace the token of a new consent', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const { fetch, isRequested } = slowRefresh(300);
    const gateway = await kit.openGateway({ fetch });
    await gateway.connect();
    const again = await kit.press(await gateway.begin(), 'allow');
    const reading = reads(gateway);
    await isRequested;
    const renewed = await gateway.finish(again);
    await reading;
    expect(renewed.secretVersion).toBe(2);
    const consented = kit.tokenCalls.findLast(({ form }) => form.has('code'));
    expect(await gateway.store.refreshToken(renewed.id)).toBe(consented?.answer.refresh_token);
    await reads(gateway);
  });

  test('that could not be stored is dropped after a new consent', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    let away = false;
    const one = await kit.openGateway({
      store: (store) => savesUnless(store, () => away),
    });
    const { id } = await one.connect();
    away = true;
    expect((await one.query()).errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
    away = false;
    const two = await kit.openGateway();
    await two.connect();
    const consented = kit.tokenCalls.at(-1);
    await until(async () => (await one.store.get(id))?.secretVersion === 2);
    await reads(one);
    expect(kit.tokenCalls.at(-1)?.form.get('refresh_token')).toBe(consented?.answer.refresh_token);
  });

  test('is stored even if the gateway closes during the refresh', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const { fetch, isRequested } = slowRefresh(100);
    const gateway = await kit.openGateway({ fetch });
    await gateway.connect();
    const reading = gateway.query();
    await isRequested;
    await gateway.close();
    await reading;
    await reads(await kit.openGateway());
  });
});
