import { describe, expect, test } from 'vitest';
import { until } from '../store/test-engines.ts';
import { ADMIN, createConsentKit, reads, STRICT } from './kit.ts';

describe('a refused refresh', () => {
  test('asks for a new consent, marks the credential, and ends with the consent', async () => {
    const kit = await createConsentKit();
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    await reads(gateway);
    kit.sandbox.revokeRefreshTokens(kit.app.clientId);
    kit.sandbox.revokeTokens(kit.app.clientId);
    const [error] = (await gateway.query()).errors ?? [];
    expect(error).toMatchObject({
      message: expect.stringMatching(/"consented".* consent was withdrawn .* at \/admin\/credentials\.$/),
      extensions: { code: 'CREDENTIAL_REFUSED', credential: 'consented', twilio: { code: 322402 } },
    });
    await until(async () => (await gateway.store.get(id))?.refused?.code === 322402);
    await gateway.connect();
    await reads(gateway);
    expect((await gateway.store.get(id))?.refused).toBeNull();
  });

  test('because of a rotated client secret ends with the new secret, and the mark is removed', async () => {
    const kit = await createConsentKit({ switches: STRICT });
    const gateway = await kit.openGateway();
    const { id } = await gateway.connect();
    const secret = kit.sandbox.rotateSecret(kit.app.clientId);
    expect((await gateway.query()).errors?.[0]?.extensions.code).toBe('CREDENTIAL_REFUSED');
    await until(async () => (await gateway.store.get(id))?.refused?.code === 322402);
    await gateway.admin.credentials.rotate(ADMIN, id, secret);
    await reads(gateway);
    expect((await gateway.store.get(id))?.refused).toBeNull();
  });

  test('does not happen while Twilio is unavailable or throttles: the refresh token stays', async () => {
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

  test('is reported for a credential without a refresh token', async () => {
    const kit = await createConsentKit();
    const gateway = await kit.openGateway();
    const { clientId, clientSecret, accountSid } = kit.app;
    const kind = 'authorization_code';
    await gateway.store.add({ nickname: 'consented', accountSid, clientId, clientSecret, kind });
    const [error] = (await gateway.query()).errors ?? [];
    expect(error).toMatchObject({ extensions: { code: 'CREDENTIAL_REFUSED' } });
    expect(error?.message).toContain('/admin/credentials');
    expect(kit.tokenCalls).toEqual([]);
    await gateway.connect();
    await reads(gateway);
  });
});
