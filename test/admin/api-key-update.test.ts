import { describe, expect, test } from 'vitest';
import { noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

const UPDATE =
  'mutation($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { name dateExpires credentials { nickname } } }';

async function withKey() {
  const kit = await createManagedKit();
  const [one, two] = [await kit.addCredential('one'), await kit.addCredential('two', 1)];
  const create =
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id } } }';
  const { data } = noErrors(await kit.admin(create, { input: { name: 'desk', credentialIds: [one] } }));
  const { token, apiKey } = data.createApiKey;
  const nicknames = async () => {
    const { data: seen } = await kit.query(
      '{ credentials { nickname } }',
      {},
      { authorization: `Bearer ${token}` },
    );
    return seen.credentials.map(({ nickname }: { nickname: string }) => nickname);
  };
  return { kit, id: apiKey.id as string, one, two, nicknames };
}

describe('an API key', () => {
  test('gets another name, other credentials and an expiry; its token stays', async () => {
    const { kit, id, two, nicknames } = await withKey();
    expect(await nicknames()).toEqual(['one']);
    const dateExpires = '2099-12-31T00:00:00.000Z';
    const input = { id, name: ' support ', credentialIds: [two], dateExpires };
    expect(noErrors(await kit.admin(UPDATE, { input })).data.updateApiKey).toEqual({
      name: 'support',
      dateExpires,
      credentials: [{ nickname: 'two' }],
    });
    expect(await nicknames()).toEqual(['two']);
    const [entry] = await kit.store.listAudit({ limit: 1 });
    expect(entry).toMatchObject({ action: 'api-key.update', detail: { name: 'desk', newName: 'support' } });
  });

  test('keeps what is not given', async () => {
    const { kit, id } = await withKey();
    const { updateApiKey } = noErrors(await kit.admin(UPDATE, { input: { id, name: 'x' } })).data;
    expect(updateApiKey).toEqual({ name: 'x', dateExpires: null, credentials: [{ nickname: 'one' }] });
  });

  test('is not changed by a READER, nor to something invalid', async () => {
    const { kit, id, one } = await withKey();
    const codes = async (input: object) => (await kit.admin(UPDATE, { input })).errors?.[0]?.extensions.code;
    expect(await codes({ id, name: '' })).toBe('BAD_USER_INPUT');
    expect(await codes({ id, dateExpires: '2020-01-01T00:00:00Z' })).toBe('BAD_USER_INPUT');
    expect(await codes({ id, credentialIds: [id] })).toBe('BAD_USER_INPUT');
    expect(await codes({ id: one, name: 'x' })).toBe('BAD_USER_INPUT');
    const reader = await kit.readerKey([one]);
    const { errors } = await kit.query(UPDATE, { input: { id, name: 'x' } }, reader);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
