import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { createKit, type GraphQLResult, noErrors } from '../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';

/** Repeats a query, because it is compiled from the third time on. */
async function severalTimes(send: () => Promise<GraphQLResult>): Promise<GraphQLResult> {
  const first = await send();
  for (let turn = 0; turn < 4; turn += 1) {
    const { data, errors } = await send();
    expect(data).toEqual(first.data);
    expect(errors?.map(({ message, path, locations }) => ({ message, path, locations }))).toEqual(
      first.errors?.map(({ message, path, locations }) => ({ message, path, locations })),
    );
  }
  return first;
}

describe('a non-null list that cannot be read is empty with an error, and other fields are unaffected', () => {
  test('apiKeys, requested by a READER', async () => {
    const kit = await createManagedKit();
    const { authorization } = await kit.readerKey([await kit.addCredential('desk')]);
    const query =
      '{ viewer { name } keys: apiKeys { name } credentials { nickname } messages(first: 1) { nodes { sid } } }';
    const { data, errors } = await severalTimes(() => kit.query(query, {}, { authorization }));
    expect(data).toMatchObject({
      viewer: { name: 'a dashboard' },
      keys: [],
      credentials: [{ nickname: 'desk' }],
      messages: { nodes: [{ sid: expect.any(String) }] },
    });
    expect(errors).toMatchObject([
      { path: ['keys'], locations: [{ line: 1, column: 19 }], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('apiKeys, while the store is unavailable', async () => {
    const over = createSandbox({ messages: 20 });
    const store: GatewayStore = {
      ...createFixedStore([...over.apps]),
      listApiKeys: () => Promise.reject(new StoreUnavailableError('away')),
    };
    const kit = createKit({ over, store, config: { adminKey: ADMIN_KEY } });
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const { data, errors } = await severalTimes(() =>
      kit.query('{ apiKeys { name } account { sid } }', {}, headers),
    );
    expect(data).toEqual({ apiKeys: [], account: { sid: over.accounts.parent.sid } });
    expect(errors).toMatchObject([{ path: ['apiKeys'], extensions: { code: 'STORE_UNAVAILABLE' } }]);
  });

  test("a credential's permissions, while Twilio refuses its secret", async () => {
    const kit = createKit({ sandbox: { messages: 20 } });
    kit.sandbox.rotateSecret(kit.sandbox.apps[0]?.clientId ?? '');
    const { active } = kit.sandbox.accounts;
    const query = `{
      credentials { nickname permissions { granted } }
      viewer { defaultCredential { permissions { granted } } }
      account(sid: "${active.sid}") { sid }
    }`;
    const { data, errors } = await severalTimes(() => kit.query(query));
    expect(data).toMatchObject({
      credentials: [
        { nickname: 'sandbox', permissions: [] },
        { nickname: 'sandbox-subaccount', permissions: Array(6).fill({ granted: true }) },
      ],
      viewer: { defaultCredential: { permissions: [] } },
      account: { sid: active.sid },
    });
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code]).sort()).toEqual([
      ['credentials.0.permissions', 'CREDENTIAL_REFUSED'],
      ['viewer.defaultCredential.permissions', 'CREDENTIAL_REFUSED'],
    ]);
  });
});

test('an error of one request does not appear in the next', async () => {
  const kit = await createManagedKit();
  const { authorization } = await kit.readerKey([await kit.addCredential('desk')]);
  await kit.query('{ apiKeys { name } }', {}, { authorization });
  noErrors(await kit.query('{ viewer { name } }', {}, { authorization }));
  noErrors(await kit.admin('{ apiKeys { name } }'));
});
