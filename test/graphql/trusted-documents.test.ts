import { describe, expect, test } from 'vitest';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { createKit, type GraphQLResult, type Kit } from '../kit.ts';

async function post({ gateway }: Kit, body: object, accept = 'application/json') {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as GraphQLResult) };
}

describe('an unknown variable of a trusted document', () => {
  test.each([
    ['ListMessages', { result: 'FAILED' }, 'result'],
    ['ListMessages', { first: 1, Status: 'FAILED' }, 'Status'],
    ['ListMessages', { FIRST: 1 }, 'FIRST'],
    ['ListMessages', { first: 1, hasMedia: null }, 'hasMedia'],
    ['ListMessages', { filter: { status: ['FAILED'] } }, 'filter'],
    ['RetrieveAccount', { sid: null, __proto: 1 }, '__proto'],
    ['RetrieveAccount', JSON.parse('{"__proto__":{"sid":"x"}}'), '__proto__'],
    ['RetrieveAccount', { toString: 1 }, 'toString'],
  ])('%s with %o is rejected, even if the document is prepared', async (documentId, variables, name) => {
    for (const trustedDocumentsOnly of [false, true]) {
      const kit = createKit({ config: { http: { ...DEFAULT_HTTP, trustedDocumentsOnly } } });
      for (let time = 0; time < 5; time += 1) {
        expect((await post(kit, { documentId, variables: {} })).errors).toBeUndefined();
      }
      kit.sandbox.clearCalls();
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const { status, data, errors } = await post(kit, { documentId, variables }, accept);
        expect([status, data]).toEqual([400, undefined]);
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: name } }]);
        expect(errors?.[0]?.message).toContain(
          `${documentId} does not take the variable "${name}". It takes `,
        );
      }
      const query = new URLSearchParams({ documentId, variables: JSON.stringify(variables) });
      const response = await kit.gateway.fetch(`http://localhost/graphql?${query}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        { errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argument: name } })] },
      ]);
      expect(kit.sandbox.calls).toEqual([]);
    }
  });

  test('is not repeated if it may be a phone number, or is long', async () => {
    for (const name of ['+14155550100', '_14155550100', 'x'.repeat(20_000), 'a b', '']) {
      const { errors } = await post(createKit(), { documentId: 'ListMessages', variables: { [name]: 1 } });
      expect(errors).toEqual([
        {
          message:
            'ListMessages does not take one of these variables. It takes accountSid, to, from, participant, dateSent, dateCreated, status, outcome, errorCode, channel, direction, first, after, last, before.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  test('is ignored in an ordinary query, as GraphQL specifies', async () => {
    const kit = createKit();
    for (let time = 0; time < 5; time += 1) {
      const answer = await kit.query('query($first: Int) { messages(first: $first) { scannedCount } }', {
        first: 1,
        status: 'FAILED',
      });
      expect(answer.errors).toBeUndefined();
    }
  });

  test.each([[[]], ['x'], [7]])('variables that are not an object are rejected: %o', async (variables) => {
    const { status, errors } = await post(createKit(), { documentId: 'ListMessages', variables });
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });
});

/** The first request of Apollo Client and urql, with the hash instead of the query. */
const HASHED = {
  operationName: 'Viewer',
  variables: {},
  extensions: {
    persistedQuery: {
      version: 1,
      sha256Hash: 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38',
    },
  },
};
const NOT_SUPPORTED = [
  { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
];

describe('automatic persisted queries', () => {
  test.each([
    {},
    { query: null },
    { query: '' },
    { extensions: { ...HASHED.extensions, clientLibrary: { name: '@apollo/client', version: '4' } } },
    { extensions: { persistedQuery: { version: 1, sha256Hash: 'x', miss: true } } },
    { extensions: { persistedQuery: true } },
    { documentId: null },
  ])('a hash instead of a query is not supported: %o', async (more) => {
    const kit = createKit();
    for (const accept of ['application/json', 'application/graphql-response+json, application/json;q=0.9']) {
      expect(await post(kit, { ...HASHED, ...more }, accept)).toEqual({ status: 200, errors: NOT_SUPPORTED });
    }
    expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ errors: ['PERSISTED_QUERY_NOT_SUPPORTED'] });
  });

  test('a hash by GET is not supported', async () => {
    const query = new URLSearchParams({
      operationName: 'Viewer',
      variables: '{}',
      extensions: JSON.stringify(HASHED.extensions),
    });
    const response = await createKit().gateway.fetch(`http://localhost/graphql?${query}`);
    expect([response.status, await response.json()]).toEqual([200, { errors: NOT_SUPPORTED }]);
  });

  test('a query with its hash is executed, by POST and by GET', async () => {
    const kit = createKit();
    const text = 'query Viewer { viewer { name } }';
    for (let time = 0; time < 5; time += 1) {
      const answer = await post(kit, { ...HASHED, query: text });
      expect(answer).toEqual({ status: 200, data: { viewer: { name: 'local' } } });
    }
    const query = new URLSearchParams({ query: text, extensions: JSON.stringify(HASHED.extensions) });
    const response = await kit.gateway.fetch(`http://localhost/graphql?${query}`);
    expect(await response.json()).toEqual({ data: { viewer: { name: 'local' } } });
  });

  test('a trusted document with a hash is executed', async () => {
    const { status, data } = await post(createKit(), {
      documentId: 'RetrieveAccount',
      extensions: HASHED.extensions,
    });
    expect([status, data.account]).toEqual([200, expect.objectContaining({ type: 'FULL' })]);
  });

  test('with trusted documents only, an unknown hash and a query are rejected', async () => {
    const kit = createKit({ config: { http: { ...DEFAULT_HTTP, trustedDocumentsOnly: true } } });
    // Apollo Client does not send the query after this error.
    expect(await post(kit, HASHED)).toMatchObject({
      status: 404,
      errors: [{ extensions: { code: 'OPERATION_UNKNOWN' } }],
    });
    const { errors } = await post(kit, { ...HASHED, query: '{ viewer { name } }' });
    expect(errors?.[0]?.extensions.code).toBe('DOCUMENT_NOT_TRUSTED');
  });

  test('without a key the error reveals nothing of it', async () => {
    const kit = createKit({ config: { adminKey: 'k'.repeat(40) } });
    const { status, errors } = await post(kit, HASHED);
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  test.each([undefined, {}, { persistedQuery: null }])(
    'neither a query nor a hash: %o',
    async (extensions) => {
      const { status, errors } = await post(createKit(), { operationName: 'Viewer', extensions });
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
    },
  );
});
