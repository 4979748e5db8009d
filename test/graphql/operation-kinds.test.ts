import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResult } from '../kit.ts';

const kit = createKit({ sandbox: { messages: 5 } });

async function send(method: 'GET' | 'POST', query: string, accept: string, operationName?: string) {
  const name = operationName === undefined ? '' : `&operationName=${operationName}`;
  const response = await (method === 'GET'
    ? kit.gateway.fetch(`http://localhost/graphql?query=${encodeURIComponent(query)}${name}`, {
        headers: { accept },
      })
    : kit.gateway.fetch('http://localhost/graphql', {
        method,
        headers: { accept, 'content-type': 'application/json' },
        body: JSON.stringify({ query, operationName }),
      }));
  return { response, ...((await response.json()) as GraphQLResult) };
}

describe.each(['GET', 'POST'] as const)('a subscription by %s', (method) => {
  test.each([
    'subscription { messages { nodes { sid } } }',
    'subscription { anything }',
    'subscription S($x: Int) { a: messageStatus(sid: $x) { ...F } } fragment F on Message { sid }',
  ])('%s: OPERATION_NOT_SUPPORTED with advice', async (query) => {
    for (const [accept, status] of [
      ['application/json', 200],
      ['application/graphql-response+json', 400],
    ] as const) {
      for (let turn = 0; turn < 4; turn += 1) {
        const { response, errors, data } = await send(method, query, accept);
        expect(response.status).toBe(status);
        expect(data).toBeUndefined();
        const told = errors?.find(({ extensions }) => extensions.code === 'OPERATION_NOT_SUPPORTED');
        expect(told?.message).toContain('no subscriptions');
        expect(told?.message).toContain('query');
        expect(errors?.map(({ extensions }) => extensions.code)).not.toContain('BAD_USER_INPUT');
      }
    }
  });
});

test('a mutation by GET: 405 with the allowed method', async () => {
  const { response, errors } = await send(
    'GET',
    'mutation { removeCredential(id: "x") }',
    'application/json',
  );
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  expect(errors).toMatchObject([
    { message: expect.stringContaining('POST'), extensions: { code: 'BAD_REQUEST' } },
  ]);
});
