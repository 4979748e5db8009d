import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';
import { ACCOUNT, FOREIGN, GONE, rows, same, TIMES } from './same.ts';
import { twins } from './twins.ts';

describe('the trusted documents', () => {
  const variables: Record<string, object[]> = {
    ListMessages: [
      {},
      { first: 2 },
      { first: null },
      { first: 1_000 },
      { to: '+12125550153', dateSent: { since: '2026-10-01T00:00:00Z' } },
      { from: null },
    ],
    RetrieveMessage: [{ sid: GONE }],
    ListAccounts: [{}, { status: 'ACTIVE', first: 1 }],
    RetrieveAccount: [{}, { sid: null }, { sid: FOREIGN }],
  };
  const names = readdirSync(new URL('operations/', ROOT)).map((file) => file.replace('.graphql', ''));
  test('are all here', () => expect(Object.keys(variables).sort()).toEqual(names.sort()));

  const each = Object.entries(variables).flatMap(([name, sets]) => sets.map((set) => ({ name, set })));
  test.each(each)('$name $set, by name and by text', async ({ name, set }) => {
    const query = readFileSync(new URL(`operations/${name}.graphql`, ROOT), 'utf8');
    await same({ body: { documentId: name, variables: set } });
    await same({ body: { query, variables: set } });
    await same({ body: { query, variables: set, operationName: name } });
  });

  const refused: [string, object][] = [
    ['ListMessages', { first: 'ten' }],
    ['ListMessages', { from: null, nobodyKnows: 1 }],
    ['ListMessages', { status: null }],
    ['RetrieveAccount', JSON.parse('{"__proto__":1}')],
    ['ListMessages', { first: 5_000 }],
    ['ListMessages', { after: 'no cursor' }],
    ['ListMessages', { to: 'call me now, please' }],
    ['ListMessages', { dateSent: { until: '2020-01-01' } }],
    ['RetrieveMessage', {}],
    ['RetrieveMessage', { sid: null }],
    ['RetrieveMessage', { sid: 7 }],
    ['RetrieveMessage', { sid: 'SM' }],
  ];
  test.each(refused)('%s with what is refused: %o', async (documentId, variables) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const pair = await twins();
      for (let time = 0; time < TIMES; time += 1) {
        const { past, yoga } = await pair.ask({ body: { documentId, variables }, headers: { accept } });
        expect(past).toEqual(yoga);
      }
    }
  });

  rows({
    'by GET': { method: 'GET', path: '/graphql?documentId=RetrieveAccount&variables={}', way: 'yoga' },
    'of no such name': { body: { documentId: 'Nothing' }, way: 'yoga' },
    'and nothing else': {
      body: { query: ACCOUNT },
      options: { http: { trustedDocumentsOnly: true } },
      way: 'yoga',
    },
    'by name, and nothing else': {
      body: { documentId: 'RetrieveAccount' },
      options: { http: { trustedDocumentsOnly: true } },
    },
    'by the name yoga gives them': {
      body: { query: '__PERSISTED_OPERATION_RetrieveAccount__' },
      way: 'yoga',
    },
  })('%s', (_, row) => same(row));
});
