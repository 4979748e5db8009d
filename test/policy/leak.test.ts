import { getNamedType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type AddressVisibility, type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import { schema } from '../../src/schema/index.ts';
import { createManagedKit } from '../managed-kit.ts';
import { createPlantedSandbox, findCanaries } from './canaries.ts';

const FIELDS = `id sid from to body bodyState errorMessage errorCode numSegments numMedia direction channel
  delivery { error { title } } media { sid url contentType message { body to } } account { sid } `;

/** Reads everything a caller can read of messages, by every route, and returns all bytes. */
async function readEverything(kit: Awaited<ReturnType<typeof plant>>, headers: Record<string, string>) {
  const texts: string[] = [];
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await kit.gateway.fetch(`http://localhost${path}`, {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string>) },
    });
    const text = await response.text();
    texts.push(JSON.stringify([...response.headers]), text);
    return text;
  };
  const post = async (query: string, variables: object = {}) =>
    JSON.parse(
      await send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),
    );
  const page = `query($after: String, $in: AccountSelection) {
    messages(first: 1000, after: $after, in: $in) { edges { cursor node { ${FIELDS.replace(/media \{.*\}\}? /s, '')} } } pageInfo { startCursor hasNextPage endCursor } }
  }`;
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await post(page, { after, in: { all: true } });
    ids.push(...data.messages.edges.map(({ node }: { node: { id: string } }) => node.id));
    after = data.messages.pageInfo.endCursor;
    if (!data.messages.pageInfo.hasNextPage) break;
  }
  expect(ids.length).toBeGreaterThan(5_000);
  const media = await post(
    `{ messages(first: 20, filter: { hasMedia: true }) { nodes { ${FIELDS} } } account { messages(first: 20) { nodes { ${FIELDS} } } } }`,
  );
  const some = ids.slice(0, 20);
  await post(`query($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { ${FIELDS} } } }`, { ids: some });
  await post(
    `query($id: ID!) { node(id: $id) { ... on Thread { id participant messages(first: 5) { edges { cursor node { ${FIELDS} } } pageInfo { endCursor } } } } }`,
    { id: kit.threadId },
  );
  await post(`query($id: ID!) { node(id: $id) { ... on Media { url message { body from to } } } }`, {
    id: kit.mediaId,
  });
  await post(
    '{ messageStats(groupBy: [SENDER, ERROR_CODE]) { groups { sender error { title } measures { messages } } } }',
  );
  await post('{ messageStats(groupBy: [COUNTRY]) { groups { country measures { messages } } } }');
  await post('{ message(sid: "SM00000000000000000000000000000000") { body } viewer { name } }');
  await post('{ thread(with: "+16282000000") { participant } }');
  await post('{ messages(first: 20) { nodes { thread { id participant } } } }');
  await post('{ threads(first: 20) { edges { cursor node { id participant } } pageInfo { endCursor } } }');
  for (const filter of ['to: "+16282000000"', 'bodyContains: "canary"', 'text: "canary"']) {
    await post(`{ messages(first: 5, filter: { ${filter} }) { nodes { body to } } }`);
  }
  await send('/graphql?documentId=ListMessages&variables=%7B%22first%22%3A100%7D');
  const thread = `thread=${kit.threadId}`;
  for (const path of ['messages.ndjson', 'messages.csv?cursors=true&bom=true', `messages.csv?${thread}`]) {
    await send(`/export/${path}`);
  }
  for (const path of ['/', '/graphql', '/login', '/metrics', '/health', '/ready']) await send(path);
  const links = JSON.stringify(media.data).match(/http:\/\/localhost\/media\/[\w-]+/g) ?? [];
  for (const link of links.slice(0, 3)) await send(new URL(link).pathname);
  return { texts, links };
}

async function plant() {
  const { sandbox, canaries } = createPlantedSandbox();
  const kit = await createManagedKit({
    over: sandbox,
    config: { scanBudget: 20_000, cache: { maxBytes: 64 * 1024 * 1024 } as never },
  });
  const credentialIds = [await kit.addCredential('main'), await kit.addCredential('second', 1)];
  const keyOf = async (fieldPolicy: Partial<FieldPolicy>) => {
    const { authorization } = await kit.readerKey(credentialIds, { fieldPolicy });
    return { authorization };
  };
  const { data } = await kit.query(
    '{ thread(with: "+16282000000") { id } messages(first: 1, filter: { hasMedia: true }) { nodes { media { id } } } }',
    {},
    await keyOf({}),
  );
  return {
    ...kit,
    canaries,
    credentialIds,
    keyOf,
    threadId: data.thread.id,
    mediaId: data.messages.nodes[0].media[0]?.id,
  };
}

describe('10,000 canaries', { timeout: 300_000 }, () => {
  const hidden: AddressVisibility[] = ['LAST_FOUR', 'PSEUDONYM', 'HIDDEN'];

  test('none reaches a caller with hidden bodies and media, and addresses that are not shown', async () => {
    const kit = await plant();
    expect(kit.canaries.bodies.size + kit.canaries.numbers.size).toBe(10_000);
    // A caller that sees everything reads first: what it leaves in caches must not be shown to the others.
    const open = await readEverything(kit, await kit.keyOf({}));
    expect(findCanaries(open.texts.join('\n'), kit.canaries).size).toBe(10_000);
    expect(open.links.length).toBeGreaterThan(0);
    for (const addresses of hidden) {
      const headers = await kit.keyOf({ bodies: 'HIDDEN', addresses, media: 'HIDDEN' });
      const { texts, links } = await readEverything(kit, headers);
      expect([...findCanaries(texts.join('\n'), kit.canaries)]).toEqual([]);
      expect(links).toEqual([]);
    }
  });

  test('pseudonyms group by person', async () => {
    const kit = await plant();
    const { data } = await kit.query(
      '{ messages(first: 1000) { nodes { to from direction } } }',
      {},
      await kit.keyOf({ addresses: 'PSEUDONYM' }),
    );
    const persons: string[] = data.messages.nodes.map(
      (one: { to: string; from: string; direction: string }) =>
        one.direction === 'INBOUND' ? one.from : one.to,
    );
    expect(new Set(persons).size).toBe(1000);
    for (const person of persons) expect(person).toMatch(/^(?:whatsapp:|rcs:)?~[\w-]{16}$/);
  });
});

describe('what is hidden cannot be filtered by', () => {
  const policies: [keyof FieldPolicy, object][] = [
    ['bodies', { bodyContains: 'a' }],
    ['bodies', { text: 'a' }],
    ['addresses', { to: '+16282000000' }],
    ['addresses', { from: '+16282000000' }],
    ['addresses', { participant: '+16282000000' }],
  ];

  test.each(policies)('%s: %j', async (name, filter) => {
    const kit = await plant();
    const headers = await kit.keyOf({ [name]: 'HIDDEN' });
    const queries = [
      'query($filter: MessageFilter) { messages(filter: $filter) { nodes { sid } } }',
      'query($filter: MessageFilter) { account { messages(filter: $filter) { nodes { sid } } } }',
      'query($filter: MessageFilter) { messageStats(filter: $filter) { total { messages } } }',
      'query($filter: MessageFilter) { threads(filter: $filter, first: 2) { nodes { participant } } }',
      ...(name === 'bodies'
        ? [
            'query($filter: MessageFilter, $id: ID!) { node(id: $id) { ... on Thread { messages(filter: $filter) { nodes { sid } } } } }',
          ]
        : []),
    ];
    for (const query of queries) {
      const { errors } = await kit.query(query, { filter, id: kit.threadId }, headers);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FILTER_NOT_ALLOWED']);
      const shown = await kit.query(query, { filter, id: kit.threadId }, await kit.keyOf(SHOW_ALL));
      expect(shown.errors).toBeUndefined();
    }
    const response = await kit.gateway.fetch(
      `http://localhost/export/messages.csv?filter=${encodeURIComponent(JSON.stringify(filter))}`,
      { headers },
    );
    expect(response.status).toBe(403);
  });

  test('in any field of the schema that filters messages', () => {
    const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter(({ args }) => args.some((arg) => getNamedType(arg.type).name === 'MessageFilter'))
            .map(({ name }) => `${type.name}.${name}`)
        : [],
    );
    // The fields that the test above asks for. A new one has to call rejectHiddenFilters, and to be asked for there.
    expect(fields.sort()).toEqual([
      'Account.messages',
      'Query.messageStats',
      'Query.messages',
      'Query.threads',
      'Subaccount.messages',
      'Thread.messages',
    ]);
  });

  test('nor grouped by, nor asked for by number', async () => {
    const kit = await plant();
    const headers = await kit.keyOf({ addresses: 'HIDDEN' });
    const stats = await kit.query('{ messageStats(groupBy: [SENDER]) { total { messages } } }', {}, headers);
    expect(stats.errors?.[0]?.extensions).toMatchObject({ code: 'FILTER_NOT_ALLOWED', argument: 'groupBy' });
    const thread = await kit.query('{ thread(with: "+16282000000") { id } }', {}, headers);
    expect(thread.errors?.[0]?.extensions).toMatchObject({ code: 'FILTER_NOT_ALLOWED', argument: 'with' });
    const node = await kit.query('query($id: ID!) { node(id: $id) { id } }', { id: kit.threadId }, headers);
    expect(node.data).toEqual({ node: null });
  });
});

describe('a policy', () => {
  test('belongs to the key, can be changed, and applies at once', async () => {
    const kit = await plant();
    const { id, authorization } = await kit.readerKey(kit.credentialIds, {
      fieldPolicy: { addresses: 'LAST_FOUR' },
    });
    const query =
      '{ viewer { fieldPolicy { bodies addresses media } } messages(first: 1) { nodes { to from body bodyState media { url } } } }';
    const before = await kit.query(query, {}, { authorization });
    expect(before.data.viewer.fieldPolicy).toEqual({ ...SHOW_ALL, addresses: 'LAST_FOUR' });
    expect(before.data.messages.nodes[0].bodyState).toBe('SHOWN');
    const change =
      'mutation($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { fieldPolicy { bodies addresses media } } }';
    const changed = await kit.admin(change, { input: { id, fieldPolicy: { bodies: 'HIDDEN' } } });
    expect(changed.data.updateApiKey.fieldPolicy).toEqual({ ...SHOW_ALL, bodies: 'HIDDEN' });
    const after = await kit.query(query, {}, { authorization });
    expect(after.data.messages.nodes[0]).toMatchObject({ body: null, bodyState: 'HIDDEN' });
    const named = await kit.admin(change, { input: { id, name: 'renamed' } });
    expect(named.data.updateApiKey.fieldPolicy.bodies).toBe('HIDDEN');
    const [entry] = await kit.store.listAudit({ limit: 5 });
    expect(entry?.action).toBe('api-key.update');
  });

  test('nor does a media link outlive its key', async () => {
    const kit = await plant();
    const { id, authorization } = await kit.readerKey(kit.credentialIds);
    const query = '{ messages(first: 20, filter: { hasMedia: true }) { nodes { media { url } } } }';
    const { data } = await kit.query(query, {}, { authorization });
    const [url = ''] = JSON.stringify(data).match(/http:\/\/localhost\/media\/[\w-]+/g) ?? [];
    // The link is valid; this sandbox has no port for the file.
    expect(await (await kit.gateway.fetch(url)).json()).toMatchObject({
      errors: [{ extensions: { code: 'TWILIO_UNAVAILABLE' } }],
    });
    await kit.admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id });
    const response = await kit.gateway.fetch(url);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'MEDIA_LINK_INVALID' } }] });
  });

  test('that hides media ends the links that were given before', async () => {
    const kit = await plant();
    const { id, authorization } = await kit.readerKey(kit.credentialIds);
    const { data } = await kit.query(
      '{ messages(first: 20, filter: { hasMedia: true }) { nodes { media { url } } } }',
      {},
      { authorization },
    );
    const [url] = JSON.stringify(data).match(/http:\/\/localhost\/media\/[\w-]+/g) ?? [''];
    await kit.admin('mutation($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { name } }', {
      input: { id, fieldPolicy: { media: 'HIDDEN' } },
    });
    const response = await kit.gateway.fetch(url);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'MEDIA_LINK_INVALID' } }] });
  });
});
