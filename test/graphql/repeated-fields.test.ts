import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../src/graphql/document-limits.ts';
import { createKit, noErrors } from '../kit.ts';

const check = (query: string) => () => parseDocument(query, { maxTokens: 10_000, maxFields: 5_000 });

describe('a repeated response name', () => {
  test.each([
    ['conflicting fields', `{ ${'viewer { a: name } viewer { a: role } '.repeat(200)} }`],
    ['identical fields', `{ ${'viewer { name } '.repeat(300)} }`],
    ['nested fields', `{ viewer { ${'a: name '.repeat(300)} } }`],
    ['fields of merged parents', `{ ${`viewer { ${'name '.repeat(20)} } `.repeat(20)} }`],
    [
      'fragments',
      `{ ${Array.from({ length: 300 }, (_, n) => `...F${n} `).join('')} } ${Array.from(
        { length: 300 },
        (_, n) => `fragment F${n} on Query { viewer { name } }`,
      ).join(' ')}`,
    ],
    ['an unused fragment', `{ viewer { name } } fragment F on Viewer { ${'name '.repeat(300)} }`],
  ])('is rejected if it is repeated too often: %s', (_, query) => {
    expect(check(query)).toThrow(expect.objectContaining({ code: 'TOO_MANY_REPEATED_FIELDS' }));
  });

  test('is allowed as often as in generated queries', () => {
    const spreads = Array.from({ length: 40 }, (_, n) => `...F${n}`).join(' ');
    const fragments = Array.from(
      { length: 40 },
      (_, n) => `fragment F${n} on Message { id sid body account { id sid } }`,
    );
    expect(check(`{ messages { nodes { ${spreads} } } } ${fragments.join(' ')}`)).not.toThrow();
  });

  test('is counted with fragments expanded, and counting ends for fragments that double or form a cycle', () => {
    const doubling = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Viewer { a { ...F${n + 1} } b { ...F${n + 1} } }`,
    );
    expect(check(`{ viewer { ...F0 } } ${doubling.join(' ')} fragment F30 on Viewer { name }`)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_FIELDS' }),
    );
    expect(
      check('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A viewer { name } }'),
    ).not.toThrow();
    expect(check('{ ...A } fragment A on Query { a { ...A } }')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_FIELDS' }),
    );
  });
});

test('the request gets an error with a code, and concurrent requests are served', async () => {
  const kit = createKit();
  const { errors } = await kit.query(`{ ${'viewer { a: name } viewer { a: role } '.repeat(200)} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_REPEATED_FIELDS', limit: 50_000 } }]);
  noErrors(await kit.query('{ viewer { name } viewer { role } }'));
});
