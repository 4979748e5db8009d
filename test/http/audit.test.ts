import { auditServer } from 'graphql-http';
import { expect, test } from 'vitest';
import { listening } from './kit.ts';

test('GraphQL over HTTP: all audits of graphql-http pass, including MAY', async () => {
  const { graphql } = await listening();
  const results = await auditServer({ url: graphql });
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
});
