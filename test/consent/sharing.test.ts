import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresEngine, createSqliteEngine, until } from '../store/test-engines.ts';
import { createConsentKit, reads } from './kit.ts';

const ROUNDS = 20;

describe.each([createSqliteEngine(), createPostgresEngine()])('two gateways on one $engine', (home) => {
  beforeAll(() => home.start(), 120_000);
  afterAll(() => home.stop());

  test(`refresh at the same time ${ROUNDS} times and never lose the grant`, async () => {
    // A single reuse of a spent refresh token would revoke the grant.
    const switches = { refreshReuse: 'revoke', latencyMs: 5 } as const;
    const { sandbox, app, openGateway, tokenCalls } = await createConsentKit({ home, switches });
    const gateways = [await openGateway(), await openGateway()];
    const [one, two] = gateways;
    if (!one || !two) throw new Error('no gateways');
    const { id } = await one.connect();
    await until(async () => (await two.store.get(id)) !== null);
    for (let round = 1; round <= ROUNDS; round += 1) {
      sandbox.revokeTokens(app.clientId);
      await Promise.all([reads(one), reads(two), reads(one), reads(two)]);
    }
    const spent = tokenCalls.map(({ form }) => form.get('refresh_token')).filter((token) => token);
    expect(spent).toHaveLength(2 * ROUNDS);
    expect(new Set(spent).size).toBe(spent.length);
    for (const { store } of gateways) expect((await store.get(id))?.refused).toBeNull();
  });

  test('share new consents', async () => {
    const { sandbox, app, openGateway } = await createConsentKit({ home });
    const [one, two] = [await openGateway(), await openGateway()];
    const { id } = await one.connect();
    await until(async () => (await two.store.get(id)) !== null, 2_000);
    await reads(two);
    sandbox.revokeRefreshTokens(app.clientId);
    sandbox.revokeTokens(app.clientId);
    expect((await two.query()).errors?.[0]?.extensions.code).toBe('CREDENTIAL_REFUSED');
    await until(async () => (await one.store.get(id))?.refused !== null, 2_000);
    await one.connect();
    await until(async () => (await two.store.get(id))?.secretVersion === 2, 2_000);
    await reads(two);
  });
});
