import { auditServer } from 'graphql-http';
import { expect, test } from 'vitest';
import { listening } from './kit.ts';

test('GraphQL over HTTP: the whole audit of graphql-http, what one MAY do too', async () => {
  const { graphql } = await listening();
  const results = await auditServer({ url: graphql });
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
});
