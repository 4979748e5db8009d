import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../fuzz/runs.ts';
import { createKit } from '../kit.ts';

const ask = async (
  { gateway }: ReturnType<typeof createKit>,
  accept: string,
  query = '{ viewer { name } }',
) => {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.text() };
};

describe('an Accept that nobody can serve', () => {
  test('is told so, in JSON, and nothing is executed', async () => {
    const kit = createKit();
    const query = '{ account { sid } }';
    for (let time = 0; time < 5; time += 1) await ask(kit, 'application/json', query);
    kit.sandbox.clearCalls();
    const { status, body } = await ask(kit, 'image/png', query);
    expect([status, JSON.parse(body)]).toEqual([
      406,
      {
        errors: [
          { message: expect.stringContaining('Answers are JSON'), extensions: { code: 'NOT_ACCEPTABLE' } },
        ],
      },
    ]);
    expect(kit.sandbox.calls).toEqual([]);
    expect(JSON.parse(kit.lines.at(-1) ?? '')).toMatchObject({ status: 406, errors: ['NOT_ACCEPTABLE'] });
  });

  test('a query whose answer yoga would not write is refused before, and every other is answered', async () => {
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
        const { status, body } = await ask(kit, accept);
        expect([status, body]).toEqual([
          status === 406 ? 406 : 200,
          expect.stringContaining(status === 406 ? 'NOT_ACCEPTABLE' : '"viewer":{"name":"local"}'),
        ]);
      }),
      runs(300),
    );
  });
});
