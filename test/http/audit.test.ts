import { auditServer } from 'graphql-http';
import { expect, test } from 'vitest';
import { listening } from './kit.ts';

test('GraphQL over HTTP: all audits of graphql-http pass, including MAY', async () => {
  // It sends all requests at once, and a busy machine would shed some of them.
  const { graphql } = await listening({ limits: { maxQueueDelayMs: 0 } });
  const results = await auditServer({ url: graphql });
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
});
