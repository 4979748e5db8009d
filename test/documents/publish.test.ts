import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CACHE } from '../kit.ts';
import { createManagedKit, type ManagedKit } from '../managed-kit.ts';
import { folderOf, ONLY } from './kit.ts';

const PUBLISH =
  'mutation($documents: [DocumentInput!]!) { publishDocuments(documents: $documents) { added { documentId name source dateAdded } unchanged } }';
const RETIRE = 'mutation($ids: [String!]!) { retireDocuments(documentIds: $ids) }';
const LIST = '{ trustedDocuments { documentId name text source dateAdded } }';

const A = 'query A { viewer { name } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

async function run({ gateway }: ManagedKit, body: object, authorization: string) {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
  return (await response.json()) as {
    // biome-ignore lint/suspicious/noExplicitAny: the shape is the document's
    data?: any;
    errors?: { message: string; extensions: { code: string } }[];
  };
}

const publish = (kit: ManagedKit, ...documents: object[]) => kit.admin(PUBLISH, { documents });
const published = async (kit: ManagedKit) =>
  (await kit.admin(LIST)).data.trustedDocuments.filter(
    (one: { source: string }) => one.source === 'PUBLISHED',
  );

test('a published document runs by its id, its name and its hash, until it is retired', async () => {
  const kit = await createManagedKit();
  const { authorization } = await kit.readerKey([]);
  const { data } = await publish(
    kit,
    { text: A },
    {
      documentId: 'desk/b',
      text: 'query B($n: Int) { viewer { role } messages(first: $n) { nodes { sid } } }',
    },
  );
  expect(data.publishDocuments).toEqual({
    added: [
      { documentId: `sha256:${hashOf(A)}`, name: 'A', source: 'PUBLISHED', dateAdded: expect.any(String) },
      { documentId: 'desk/b', name: 'B', source: 'PUBLISHED', dateAdded: expect.any(String) },
    ],
    unchanged: 0,
  });
  for (const id of [
    { documentId: `sha256:${hashOf(A)}` },
    { documentId: 'A' },
    { doc_id: 'A' },
    { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(A) } } },
  ]) {
    expect((await run(kit, id, authorization)).data).toEqual({ viewer: { name: 'a dashboard' } });
  }
  const wrong = await run(kit, { documentId: 'desk/b', variables: { m: 1 } }, authorization);
  expect(wrong.errors?.[0]?.message).toBe('B does not take the variable "m". It takes n.');

  expect((await publish(kit, { text: A })).data.publishDocuments).toEqual({ added: [], unchanged: 1 });
  expect((await kit.admin(RETIRE, { ids: ['desk/b'] })).data).toEqual({ retireDocuments: ['desk/b'] });
  const after = await run(kit, { documentId: 'desk/b' }, authorization);
  expect(after.errors?.[0]?.extensions.code).toBe('OPERATION_UNKNOWN');
  // Names of other teams' documents are not listed.
  expect(after.errors?.[0]?.message).not.toMatch(/\bA\b/);
  expect(await published(kit)).toMatchObject([{ name: 'A', text: A }]);

  const audit = (await kit.store.listAudit({ limit: 10 })).filter(({ action }) =>
    action.startsWith('documents'),
  );
  expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
    ['documents.retire', { count: 1, documentIds: ['desk/b'] }],
    ['documents.publish', { count: 2, documentIds: [`sha256:${hashOf(A)}`, 'desk/b'] }],
  ]);
});

test('of several versions the newest has the name; each keeps its id', async () => {
  const kit = await createManagedKit();
  const { authorization } = await kit.readerKey([]);
  const next = 'query A { viewer { role } }';
  await publish(kit, { text: A });
  await publish(kit, { text: next });
  expect((await run(kit, { documentId: 'A' }, authorization)).data).toEqual({ viewer: { role: 'READER' } });
  expect((await run(kit, { documentId: `sha256:${hashOf(A)}` }, authorization)).data).toEqual({
    viewer: { name: 'a dashboard' },
  });
  await kit.admin(RETIRE, { ids: [`sha256:${hashOf(next)}`] });
  expect((await run(kit, { documentId: 'A' }, authorization)).data).toEqual({
    viewer: { name: 'a dashboard' },
  });
});

test('all or none: one document with problems, and every problem is listed', async () => {
  const kit = await createManagedKit();
  const costly = `query C { ${[...'abcdefgh'].map((name) => `${name}: messages(first: 1000) { nodes { media { sid } } }`).join(' ')} }`;
  const { data, errors } = await publish(
    kit,
    { text: A },
    { documentId: 'x', text: 'query B {\n  nobody\n}' },
    { text: 'query {' },
    { text: costly },
    { documentId: 'bad id', text: A },
    { documentId: `sha256:${'0'.repeat(64)}`, text: A },
  );
  expect(data).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'DOCUMENT_INVALID', argument: 'documents' } }]);
  expect(errors?.[0]?.extensions.problems).toEqual([
    { index: 1, documentId: 'x', line: 2, column: 3, message: expect.stringContaining('"nobody"') },
    { index: 2, documentId: null, line: 1, column: 8, message: expect.stringContaining('Syntax Error') },
    { index: 3, documentId: null, line: 1, column: 1, message: expect.stringContaining('are allowed') },
    { index: 4, documentId: 'bad id', line: 1, column: 1, message: expect.stringContaining('1 to 128') },
    {
      index: 5,
      documentId: `sha256:${'0'.repeat(64)}`,
      line: 1,
      column: 1,
      message: expect.stringContaining('SHA-256'),
    },
  ]);
  expect(await published(kit)).toEqual([]);
});

test('an id that is taken: by another text, within one list, by the gateway, by DOCUMENTS', async () => {
  const folder = folderOf({ 'ours.graphql': 'query Ours { viewer { name } }' });
  const kit = await createManagedKit({ config: { documents: folder } });
  await publish(kit, { documentId: 'a', text: A });
  for (const documents of [
    [{ text: 'query N { viewer { name } }' }, { documentId: 'a', text: 'query A { viewer { role } }' }],
    [
      { documentId: 'b', text: A },
      { documentId: 'b', text: 'query A { viewer { role } }' },
    ],
    [{ documentId: 'ListMessages', text: A }],
    [{ documentId: 'Ours', text: A }],
  ]) {
    const { errors } = await publish(kit, ...documents);
    expect(errors?.[0]?.extensions.code).toBe('DOCUMENT_ID_TAKEN');
  }
  expect(await published(kit)).toMatchObject([{ documentId: 'a' }]);
  // The name of the published one does not replace the gateway's own.
  await publish(kit, { documentId: 'mine', text: 'query ListAccounts { viewer { name } }' });
  const { authorization } = await kit.readerKey([await kit.addCredential('main')]);
  expect((await run(kit, { documentId: 'ListAccounts' }, authorization)).data).toEqual({
    accounts: expect.anything(),
  });
});

test('an unknown id is not retired, nor are those beside it', async () => {
  const kit = await createManagedKit();
  await publish(kit, { documentId: 'a', text: A });
  for (const ids of [['a', 'b'], ['ListMessages'], ['']]) {
    expect((await kit.admin(RETIRE, { ids })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  }
  expect(await published(kit)).toHaveLength(1);
});

test('a READER may do none of it, and its documents are not even checked', async () => {
  const kit = await createManagedKit();
  const { authorization } = await kit.readerKey([]);
  for (const [query, variables] of [
    [PUBLISH, { documents: [{ text: 'query {' }] }],
    [RETIRE, { ids: ['x'] }],
    [LIST, {}],
  ] as const) {
    const { errors } = await kit.query(query, variables, { authorization });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('with TRUSTED_DOCUMENTS_ONLY, published documents run and their texts do not', async () => {
  const open = await createManagedKit();
  const { authorization } = await open.readerKey([]);
  await publish(open, { text: A });
  const only = await createManagedKit({ folder: open.folder, config: { http: ONLY } }).catch(
    (error) => error,
  );
  // The second store has another key, which only secrets need.
  expect((await run(only, { documentId: 'A' }, authorization)).data).toEqual({
    viewer: { name: 'a dashboard' },
  });
  expect((await run(only, { query: A }, authorization)).errors?.[0]?.extensions.code).toBe(
    'DOCUMENT_NOT_TRUSTED',
  );

  // What one publishes, the other runs within seconds.
  await publish(open, { text: 'query Later { viewer { role } }' });
  await expect
    .poll(async () => (await run(only, { documentId: 'Later' }, authorization)).data, { timeout: 5_000 })
    .toEqual({ viewer: { role: 'READER' } });
  await open.admin(RETIRE, { ids: [`sha256:${hashOf(A)}`] });
  await expect
    .poll(async () => (await run(only, { documentId: 'A' }, authorization)).errors?.[0]?.extensions.code, {
      timeout: 5_000,
    })
    .toBe('OPERATION_UNKNOWN');
});

test('hostile input: a large text, a NUL, a brace bomb, 34 kB of repeated fields', async () => {
  const kit = await createManagedKit();
  for (const text of [
    `# \0\n${A}`,
    `query A ${'{ viewer '.repeat(5_000)}`,
    `query A { ${'viewer { a: name } viewer { a: role } '.repeat(900)} }`,
    `query A { viewer { ...F } } fragment F on Viewer { ...F }`,
    '\ud800',
  ]) {
    const { errors } = await publish(kit, { text });
    expect(errors?.[0]?.extensions.code).toBe('DOCUMENT_INVALID');
    expect(errors?.[0]?.message.length).toBeLessThan(700);
  }
  expect(await published(kit)).toEqual([]);
});

test('GET and POST of a published document are cached like those of the gateway, until it is retired', async () => {
  const kit = await createManagedKit({ config: { cache: CACHE } });
  const { authorization } = await kit.readerKey([await kit.addCredential('main')]);
  await publish(kit, { documentId: 'mine', text: 'query Mine { account { sid } }' });
  const get = () =>
    kit.gateway.fetch('http://localhost/graphql?documentId=mine', { headers: { authorization } });
  for (let time = 0; time < 4; time += 1) expect((await get()).status).toBe(200);
  expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ kept: true, method: 'GET' });
  await kit.admin(RETIRE, { ids: ['mine'] });
  expect((await get()).status).toBe(404);
});
