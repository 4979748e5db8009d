import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../../src/schema/index.ts';
import { createIsKeepable } from '../../../src/server/direct/keepable.ts';

test('a document is looked through once, however often it is asked for', () => {
  const isKeepable = createIsKeepable(schema);
  for (const [query, keepable] of [
    ['{ account { sid } }', true],
    ['{ account { sid } viewer { name } }', false],
    ['mutation { __typename }', false],
  ] as const) {
    const { definitions, ...rest } = parse(query);
    let looks = 0;
    const document = Object.defineProperty({ ...rest } as DocumentNode, 'definitions', {
      get: () => {
        looks += 1;
        return definitions;
      },
    });
    const operation = getOperationAST(document) as OperationDefinitionNode;
    expect(isKeepable(document, operation)).toBe(keepable);
    const first = looks;
    expect(isKeepable(document, operation)).toBe(keepable);
    expect(looks).toBe(first);
  }
});
