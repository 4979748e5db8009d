import { describe, expect, test } from 'vitest';
import { until } from '../credentials/test-engines.ts';
import { ADMIN, createConsentKit, reads, STRICT } from './kit.ts';

describe('a refused refresh', () => {
  test('says that consent must be given again, marks the credential, and consent heals it', async () => {
    const kit = await createConsentKit();
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    await reads(gateway);
    kit.sandbox.revokeRefreshTokens(kit.app.clientId);
    kit.sandbox.revokeTokens(kit.app.clientId);
    const [error] = (await gateway.query()).errors ?? [];
    expect(error).toMatchObject({
      message: expect.stringMatching(/"consented".* consent was withdrawn .* at \/credentials\.$/),
      extensions: { code: 'CREDENTIAL_REFUSED', credential: 'consented', twilio: { code: 322402 } },
    });
    await until(async () => (await gateway.store.get(id))?.refused?.code === 322402);
    await gateway.connect();
    await reads(gateway);
    expect((await gateway.store.get(id))?.refused).toBeNull();
  });

  test('for a rotated client secret is healed by the new one, and the mark goes', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    const secret = kit.sandbox.rotateSecret(kit.app.clientId);
    expect((await gateway.query()).errors?.[0]?.extensions.code).toBe('CREDENTIAL_REFUSED');
    await until(async () => (await gateway.store.get(id))?.refused?.code === 322402);
    await gateway.management.credentials.rotate(ADMIN, id, secret);
    await reads(gateway);
    expect((await gateway.store.get(id))?.refused).toBeNull();
  });

  test('is none while Twilio is away or throttles: the refresh token stays', async () => {
    const kit = await createConsentKit({ switches: { ...STRICT, faultPath: '/v2/token' } });
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    for (const [switches, code] of [
      [{ fail500: 1 }, 'TWILIO_UNAVAILABLE'],
      [{ fail500: 0, tokenThrottle: 1, tokenThrottleSeconds: 1 }, 'TWILIO_RATE_LIMITED'],
    ] as const) {
      kit.sandbox.set(switches);
      await until(async () => (await gateway.query()).errors?.[0]?.extensions.code === code);
    }
    kit.sandbox.set({ tokenThrottle: 0 });
    await until(async () => (await gateway.query()).errors === undefined);
    expect((await gateway.store.get(id))?.refused).toBeNull();
  });

  test('is what a credential without a refresh token answers', async () => {
    const kit = await createConsentKit();
    const gateway = await kit.openGateway();
    const { clientId, clientSecret, accountSid } = kit.app;
    const kind = 'authorization_code';
    await gateway.store.add({ nickname: 'consented', accountSid, clientId, clientSecret, kind });
    const [error] = (await gateway.query()).errors ?? [];
    expect(error).toMatchObject({ extensions: { code: 'CREDENTIAL_REFUSED' } });
    expect(error?.message).toContain('/credentials');
    expect(kit.tokenCalls).toEqual([]);
    await gateway.connect();
    await reads(gateway);
  });
});
