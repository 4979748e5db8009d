import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { createIsCacheable } from '../../src/graphql/prepared-operation.ts';
import { schema } from '../../src/schema/index.ts';

test.each([
  ['{ account { sid } }', true],
  ['{ account { sid } viewer { name } }', false],
  ['{ account { ...A } } fragment A on Account { sid }', true],
  // The interface may return a credential or a key.
  ['{ node(id: "x") { ... on Message { sid } } }', false],
  ['{ node(id: "x") { ... on ApiKey { name } } }', false],
  ['mutation { __typename }', false],
])('%s: cacheable %s', (query, expected) => {
  const document = parse(query);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  expect(createIsCacheable(schema)(document, operation)).toBe(expected);
});
