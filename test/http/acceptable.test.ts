import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../fuzz/runs.ts';
import { createKit } from '../kit.ts';

const send = async (
  { gateway }: ReturnType<typeof createKit>,
  accept: string,
  query = '{ viewer { name } }',
) => {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: await response.text() };
};

const GRAPHQL = 'application/graphql-response+json';

describe('an Accept header that excludes JSON', () => {
  test('is rejected in JSON, and nothing is executed', async () => {
    const kit = createKit();
    const query = '{ account { sid } }';
    for (let time = 0; time < 5; time += 1) await send(kit, 'application/json', query);
    kit.sandbox.clearCalls();
    const { status, body } = await send(kit, 'image/png', query);
    expect([status, JSON.parse(body)]).toEqual([
      406,
      {
        errors: [
          { message: expect.stringContaining('Responses are JSON'), extensions: { code: 'NOT_ACCEPTABLE' } },
        ],
      },
    ]);
    expect(kit.sandbox.calls).toEqual([]);
    expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ status: 406, errors: ['NOT_ACCEPTABLE'] });
  });

  test.each([
    'text/event-stream',
    'multipart/mixed',
    'text/event-stream, multipart/mixed',
    'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
    'multipart/*',
    'text/*',
    'text/html',
    '*/*;q=0',
    'application/json;q=0',
    'application/json; q=0.000',
    'application/json;Q=0',
    `${GRAPHQL};q=0, application/json;q=0, */*`,
    'application/json;q=0.0, text/event-stream;q=1, multipart/*',
    'application/*;q=0, */*',
    'application/xml, text/event-stream',
    'application/json;charset=utf-16',
    'text/plain;x="a, application/json"',
    'text/plain;x="\\", application/json"',
    'application/jsonp',
    'image/png;q=1, */*;q=0',
  ])('%s: 406, also when repeated', async (accept) => {
    const kit = createKit();
    for (let time = 0; time < 5; time += 1) {
      const { status, body } = await send(kit, accept);
      expect([status, body]).toEqual([406, expect.stringContaining('NOT_ACCEPTABLE')]);
    }
    const get = await kit.gateway.fetch('http://localhost/graphql?query={__typename}', {
      headers: { accept },
    });
    // A browser that accepts HTML gets GraphiQL.
    expect(get.status).toBe(accept === 'text/html' ? 200 : 406);
  });

  test('JSON is selected by its weight among other types', async () => {
    const kit = createKit();
    const types = {
      '': 'application/json',
      ',': 'application/json',
      '*/*': 'application/json',
      '*': 'application/json',
      'application/*': 'application/json',
      '*/*, text/event-stream': 'application/json',
      'text/event-stream, multipart/mixed, application/json;q=0.1': 'application/json',
      'multipart/mixed;deferSpec=20220824, application/json': 'application/json',
      [`${GRAPHQL}, application/json;q=0.9`]: GRAPHQL,
      [`application/json;q=0.9, ${GRAPHQL}`]: GRAPHQL,
      [`${GRAPHQL};q=0.4, application/json;q=0.5`]: 'application/json',
      [`application/json, ${GRAPHQL}`]: 'application/json',
      [`${GRAPHQL}, application/json`]: GRAPHQL,
      [`${GRAPHQL};q=0, application/json`]: 'application/json',
      [`${GRAPHQL};q=0, */*`]: 'application/json',
      'application/json;q=0, */*': GRAPHQL,
      'application/json;q=0, application/*;q=0.1': GRAPHQL,
      'application/json, */*;q=0': 'application/json',
      'application/json;q=0.001': 'application/json',
      'application/json;q=nonsense': 'application/json',
      'APPLICATION/JSON ; charset="UTF-8"': 'application/json',
      'text/plain;x="a;q=0, b", application/json': 'application/json',
      'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2': 'application/json',
    };
    for (const [accept, expected] of Object.entries(types)) {
      const { status, type } = await send(kit, accept);
      expect([accept, status, type]).toEqual([accept, 200, `${expected}; charset=utf-8`]);
    }
  });

  test('a query that yoga could not respond to is rejected first, and every other one is executed', async () => {
    const kit = createKit();
    const range = fc.tuple(
      fc.constantFrom(
        'application/json',
        'application/*',
        '*/*',
        'text/html',
        'application/graphql-response+json',
        'text/event-stream',
        'multipart/mixed',
        'multipart/*',
        'APPLICATION/JSON',
        '*',
        '',
        'a/b/c',
        ' text / * ',
      ),
      fc.constantFrom(
        '',
        ';q=0.5',
        ';q=0',
        '; charset=utf-8',
        ';charset=UTF-8',
        ';charset=utf-16',
        ';v="a,b"',
        ';',
      ),
    );
    const accepts = fc.array(range, { maxLength: 3 }).map((all) => all.map((one) => one.join('')).join(','));
    await fc.assert(
      fc.asyncProperty(accepts, async (accept) => {
        const { status, body } = await send(kit, accept);
        expect([status, body]).toEqual([
          status === 406 ? 406 : 200,
          expect.stringContaining(status === 406 ? 'NOT_ACCEPTABLE' : '"viewer":{"name":"local"}'),
        ]);
      }),
      runs(300),
    );
  });
});
