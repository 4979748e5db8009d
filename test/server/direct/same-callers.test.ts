import { generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { noErrors } from '../../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../../managed-kit.ts';
import { startIssuer } from '../../management/issuer.ts';
import { same } from './same.ts';
import { NOW, twins } from './twins.ts';

const body = {
  query: 'query Mine { viewer { name role } account { sid } credentials { nickname } }',
};
const KEYS = { adminKey: ADMIN_KEY } as const;

/** A store with two credentials, and a READER who may use one of them. */
async function withReader() {
  const kit = await createManagedKit({ sandbox: { messages: 0, clock: () => NOW } });
  await kit.addCredential('one');
  const reader = await kit.readerKey([await kit.addCredential('two', 1)]);
  return { ...kit, reader };
}

describe('callers', () => {
  test.each<[string, (reader: string) => Record<string, string>, 'past' | 'yoga', RegExp]>([
    ['an ADMIN', () => ({ authorization: `Bearer ${ADMIN_KEY}` }), 'past', /"role":"ADMIN"/],
    ['a READER', (reader) => ({ authorization: reader }), 'past', /"role":"READER".*"two"/],
    [
      'a READER, in small letters',
      (reader) => ({ authorization: reader.replace('B', 'b') }),
      'past',
      /READER/,
    ],
    [
      'a READER, with its credential',
      (reader) => ({ authorization: reader, 'x-twilio-credential': 'two' }),
      'past',
      /"account":\{"sid"/,
    ],
    [
      'a READER, with another’s credential',
      (reader) => ({ authorization: reader, 'x-twilio-credential': 'one' }),
      'past',
      /CREDENTIAL_UNKNOWN/,
    ],
    ['nobody', () => ({}), 'yoga', /UNAUTHENTICATED/],
    ['who shows nothing', () => ({ authorization: '' }), 'yoga', /UNAUTHENTICATED/],
    ['a wrong key', (reader) => ({ authorization: `${reader.slice(0, -2)}xx` }), 'yoga', /API_KEY_INVALID/],
    ['a wrong scheme', () => ({ authorization: 'Basic YTpi' }), 'yoga', /API_KEY_INVALID/],
    [
      'what may be a token',
      () => ({ authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }),
      'yoga',
      /API_KEY_INVALID/,
    ],
  ])('%s', async (_, headersFor, way, says) => {
    const { store, reader } = await withReader();
    await same({
      body,
      headers: headersFor(reader.authorization),
      options: { store, config: KEYS },
      way,
      says,
    });
  });

  test('a key that is revoked while its query is known', async () => {
    const { store, reader, admin } = await withReader();
    const pair = await twins({ store, config: KEYS });
    const ask = () => pair.ask({ body, headers: { authorization: reader.authorization } });
    for (let time = 0; time < 5; time += 1) await ask();
    noErrors(await admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id: reader.id }));
    const { past, yoga, wentPast } = await ask();
    expect(past).toEqual(yoga);
    expect([past.status, past.body, wentPast]).toEqual([
      '401 Unauthorized',
      expect.stringContaining('API_KEY_REVOKED'),
      false,
    ]);
  });

  test('a token of an issuer, good and bad; a refusal has one line in the log', async () => {
    const { store } = await withReader();
    const { url, sign } = await startIssuer();
    const oidc = { issuer: url, audience: 'gateway', roleClaim: 'role', credentialsClaim: 'twilio' };
    const claims = { role: 'READER', twilio: ['two'] };
    const { privateKey: stranger } = await generateKeyPair('ES256');
    const options = { store, config: { ...KEYS, oidc } };
    const good = `Bearer ${await sign(claims)}`;
    const bad = `Bearer ${await sign(claims, { by: stranger })}`;
    await same({ body, options, headers: { authorization: good }, says: /"name":"anna"/ });
    await same({ body, options, headers: { authorization: bad }, way: 'yoga', says: /TOKEN_INVALID/ });
  });
});
