import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { CACHE, noErrors } from '../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';
import { ONLY, type Sent } from './kit.ts';

const PUBLISH = `mutation($documents: [DocumentInput!]!, $keys: [ID!]) {
  publishDocuments(documents: $documents, apiKeyIds: $keys) {
    added { documentId apiKeyIds } extended { documentId apiKeyIds } unchanged
  }
}`;
const RETIRE = 'mutation($ids: [String!]!) { retireDocuments(documentIds: $ids) }';
const LIST = '{ trustedDocuments { documentId name source apiKeyIds } }';

const A = 'query Desk { viewer { name } }';
const B = 'query Desk { viewer { role } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

type Params = Record<string, string | object>;
type Options = Parameters<typeof createManagedKit>[0];

/** A gateway on a port, with two keys. @param only whether it runs trusted documents only, and another gateway publishes them */
async function start(options: Options = {}, only = false) {
  const kit = await createManagedKit(options);
  const served = only ? await createManagedKit({ folder: kit.folder, config: { http: ONLY } }) : kit;
  const { url, close } = await listen(served.gateway, 'localhost', 0);
  onTestFinished(() => close(0));
  const credential = await kit.addCredential('main');
  const one = await kit.readerKey([credential], { name: 'one' });
  const two = await kit.readerKey([credential], { name: 'two' });

  async function send(key: { authorization: string } | null, body: Params, method = 'POST') {
    const headers = { 'content-type': 'application/json', ...(key && { authorization: key.authorization }) };
    const entries = Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const response =
      method === 'GET'
        ? await fetch(`${url}/graphql?${new URLSearchParams(entries)}`, { headers })
        : await fetch(`${url}/graphql`, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, ...((await response.json()) as Omit<Sent, 'status'>) };
  }

  return {
    kit,
    one,
    two,
    adminKey: { authorization: `Bearer ${ADMIN_KEY}` },
    send,
    publish: (documents: object[], keys?: readonly string[] | null) =>
      kit.admin(PUBLISH, { documents, keys }),
    run: async (key: { authorization: string }, documentId: string) =>
      (await send(key, { documentId })).data?.viewer,
  };
}

/** Every way to send an id. */
const waysTo = (id: string, hash: string): Params[] => [
  { documentId: id },
  { doc_id: id },
  { documentId: 'Desk' },
  { documentId: `sha256:${hash}` },
  { documentId: hash },
  { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
];

test.each([
  ['with TRUSTED_DOCUMENTS_ONLY', true],
  ['with queries', false],
])('a document for one key runs for this key; for all others it does not exist: %s', async (_, only) => {
  const { one, two, adminKey, send, publish } = await start({}, only);
  const published = await publish([{ documentId: 'desk/1', text: A }], [one.id]);
  expect(noErrors(published).data.publishDocuments).toEqual({
    added: [{ documentId: 'desk/1', apiKeyIds: [one.id] }],
    extended: [],
    unchanged: 0,
  });
  const find = async () => (await send(one, { documentId: 'desk/1' })).data;
  await expect.poll(find, { timeout: 5_000 }).toEqual({ viewer: { name: 'one' } });

  for (const method of ['POST', 'GET']) {
    const real = waysTo('desk/1', hashOf(A));
    const invented = waysTo('desk/2', hashOf(B)).map((way) =>
      way.documentId === 'Desk' ? { documentId: 'Tesk' } : way,
    );
    for (const [index, way] of real.entries()) {
      expect(await send(one, way, method)).toEqual({ status: 200, data: { viewer: { name: 'one' } } });
      // With a variable, too, which the document does not take.
      for (const more of [{}, { variables: { secret: 1 } }]) {
        for (const other of [two, adminKey]) {
          const rejected = await send(other, { ...way, ...more }, method);
          expect(rejected.errors?.[0]?.extensions.code).toMatch(
            /^(OPERATION_UNKNOWN|PERSISTED_QUERY_NOT_SUPPORTED)$/,
          );
          expect(rejected).toEqual(await send(other, { ...invented[index], ...more }, method));
        }
      }
    }
    expect((await send(null, { documentId: 'desk/1' }, method)).status).toBe(401);
  }
});

test('names of scoped documents mean something for their keys only, and change nothing for others', async () => {
  const { one, two, publish, run, kit } = await start();
  await publish([{ documentId: 'open', text: A }]);
  await publish([{ documentId: 'own', text: B }], [one.id]);
  expect(await run(one, 'Desk')).toEqual({ role: 'READER' });
  expect(await run(two, 'Desk')).toEqual({ name: 'two' });
  // A later one for every caller does not change what the name means for the key.
  await publish([{ documentId: 'later', text: 'query Desk { viewer { name role } }' }]);
  expect(await run(one, 'Desk')).toEqual({ role: 'READER' });
  expect(await run(two, 'Desk')).toEqual({ name: 'two', role: 'READER' });
  // Nor does the id of one key's document shadow the name of another's.
  await publish([{ documentId: 'Desk', text: 'query Other { viewer { name } }' }], [two.id]);
  expect(await run(two, 'Desk')).toEqual({ name: 'two' });
  expect(await run(one, 'Desk')).toEqual({ role: 'READER' });
  await publish([{ documentId: 'x', text: 'query ListAccounts { viewer { name } }' }], [one.id]);
  expect(await run(one, 'ListAccounts')).toBeUndefined();
  await kit.admin(RETIRE, { ids: ['own'] });
  expect(await run(one, 'Desk')).toEqual({ name: 'one', role: 'READER' });
});

test('a response cached for one key does not reach another, nor the key that lost the document', async () => {
  const { kit, one, two, send, publish } = await start({ config: { cache: CACHE } });
  await publish([{ documentId: 'mine', text: 'query Mine { account { sid } }' }], [one.id]);
  for (const method of ['GET', 'POST']) {
    for (let time = 0; time < 4; time += 1) {
      expect((await send(one, { documentId: 'mine' }, method)).status).toBe(200);
    }
    expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ kept: true, method });
    expect((await send(two, { documentId: 'mine' }, method)).status).toBe(404);
  }
  await kit.admin(RETIRE, { ids: ['mine'] });
  await publish([{ documentId: 'mine', text: 'query Mine { account { sid } }' }], [two.id]);
  for (const method of ['GET', 'POST']) {
    expect((await send(one, { documentId: 'mine' }, method)).status).toBe(404);
    expect((await send(two, { documentId: 'mine' }, method)).status).toBe(200);
  }
});

test('published again, a document gets more keys, never fewer; the result, the list and the audit say which', async () => {
  const { kit, one, two, publish, run } = await start();
  const document = { documentId: 'a', text: A };
  await publish([document], [one.id]);
  expect((await publish([document], [one.id])).data.publishDocuments).toEqual({
    added: [],
    extended: [],
    unchanged: 1,
  });
  expect(await run(two, 'a')).toBeUndefined();
  const both = [one.id, two.id].sort();
  const { extended } = (await publish([document], [two.id])).data.publishDocuments;
  expect(extended.map((each: { apiKeyIds: string[] }) => each.apiKeyIds.toSorted())).toEqual([both]);
  expect(await run(one, 'a')).toEqual({ name: 'one' });
  expect(await run(two, 'a')).toEqual({ name: 'two' });

  expect((await publish([document])).data.publishDocuments).toMatchObject({
    extended: [{ documentId: 'a', apiKeyIds: null }],
  });
  expect((await publish([document], [one.id])).data.publishDocuments).toMatchObject({
    extended: [],
    unchanged: 1,
  });
  const listed = noErrors(await kit.admin(LIST)).data.trustedDocuments;
  expect(listed.find((each: { documentId: string }) => each.documentId === 'a')).toEqual({
    documentId: 'a',
    name: 'Desk',
    source: 'PUBLISHED',
    apiKeyIds: null,
  });
  const audit = (await kit.store.listAudit({ limit: 20 })).filter(
    ({ action }) => action === 'documents.publish',
  );
  const idOf = ({ id }: { id: string }) => Buffer.from(id, 'base64url').toString().replace('ApiKey:', '');
  expect(audit.map(({ detail }) => detail)).toEqual([
    { count: 1, documentIds: ['a'] },
    { count: 1, documentIds: ['a'], apiKeyIds: [idOf(two)] },
    { count: 1, documentIds: ['a'], apiKeyIds: [idOf(one)] },
  ]);
});

test('a revoked key keeps its documents, which then nobody runs; others of the document run on', async () => {
  const { kit, one, two, adminKey, publish, run } = await start();
  await publish([{ documentId: 'a', text: A }], [one.id]);
  await publish([{ documentId: 'b', text: B }], [one.id, two.id]);
  noErrors(await kit.admin('mutation($id: ID!) { revokeApiKey(input: { id: $id }) }', { id: one.id }));
  expect(await run(two, 'b')).toEqual({ role: 'READER' });
  for (const key of [two, adminKey]) expect(await run(key, 'a')).toBeUndefined();
  const { trustedDocuments } = noErrors(await kit.admin(LIST)).data;
  expect(trustedDocuments.find((each: { documentId: string }) => each.documentId === 'a').apiKeyIds).toEqual([
    one.id,
  ]);
  const again = await publish([{ documentId: 'a', text: A }], [two.id, one.id]);
  expect(again.errors?.[0]).toMatchObject({
    message: expect.stringContaining('apiKeyIds[1]'),
    extensions: { code: 'API_KEY_UNKNOWN', argument: 'apiKeyIds', indexes: [1] },
  });
  expect(await run(two, 'a')).toBeUndefined();
});

test('keys that cannot be: none, unknown, of another type, too many, from a READER', async () => {
  const { kit, one, publish } = await start();
  const idOf = (text: string) => Buffer.from(text).toString('base64url');
  for (const [keys, code, argument] of [
    [[], 'BAD_USER_INPUT', 'apiKeyIds'],
    [[one.id, idOf('ApiKey:x'), idOf('ApiKey:y')], 'API_KEY_UNKNOWN', 'apiKeyIds'],
    [[one.id, '+15005550006'], 'BAD_USER_INPUT', 'apiKeyIds[1]'],
    [[idOf(`Credential:${crypto.randomUUID()}`)], 'BAD_USER_INPUT', 'apiKeyIds[0]'],
    [Array(101).fill(one.id), 'BAD_USER_INPUT', 'apiKeyIds'],
  ] as const) {
    const { errors } = await publish([{ documentId: 'a', text: A }], keys);
    expect(errors?.[0]?.extensions).toMatchObject({ code, argument });
    expect(JSON.stringify(errors)).not.toContain('5005550006');
  }
  const unknown = await publish([{ text: A }], [one.id, idOf('ApiKey:x'), idOf('ApiKey:y')]);
  expect(unknown.errors?.[0]?.message).toContain('apiKeyIds[1], apiKeyIds[2].');
  const reader = await kit.query(PUBLISH, { documents: [{ text: A }], keys: [one.id] }, one);
  expect(reader.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(await kit.store.listDocuments()).toEqual([]);
});
