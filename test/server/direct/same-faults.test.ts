import { describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../../src/schema/global-id.ts';
import { ACCOUNT, FOREIGN, GONE, LIST, OWN, rows, same } from './same.ts';
import { twins } from './twins.ts';

describe('errors beside data', () => {
  rows({
    'of one field': { body: { query: `{ account { sid } b: account(sid: "${FOREIGN}") { sid } }` } },
    'of two, in fragments and lists': {
      body: {
        query: `query Q($d: Boolean = true) { ...F ... @include(if: $d) { b: message(sid: "${GONE}") { sid } }
          messages(first: 2) { nodes { sid account { sid } media { sid } } } }
          fragment F on Query { c: account(sid: "${FOREIGN}") { sid } c: account(sid: "${FOREIGN}") { friendlyName } }`,
      },
      later: { resourceMissing: 1, faultPath: 'Media' },
    },
    'of each of a list': {
      body: { query: '{ messages(first: 4, filter: { hasMedia: true }) { nodes { sid media { sid } } } }' },
      later: { fail429: 1, retryAfterSeconds: 20, faultPath: 'Media' },
    },
    'of an id': {
      body: {
        query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        variables: { ids: [encodeGlobalId('Account', FOREIGN), 'x', encodeGlobalId('Message', 'y')] },
      },
    },
    'of an argument': { body: { query: '{ messages(first: 0) { nodes { sid } } account { sid } }' } },
    'of what is forbidden': { body: { query: '{ apiKeys { nodes { id } } }' }, way: 'yoga' },
  })('%s', (_, row) => same(row));
});

describe('Twilio', () => {
  // One read: what comes of several, comes in the order in which their retries end.
  const list = { body: { query: LIST } };
  rows({
    'refuses for a long time': { ...list, later: { fail429: 1, retryAfterSeconds: 100 } },
    'refuses once': { ...list, later: { fail429: { next: 1 } } },
    'fails: 500': { ...list, later: { fail500: 1 } },
    'is away: 503': { ...list, later: { fail503: 1, retryAfterSeconds: 100 } },
    'answers with a page': { ...list, later: { htmlInsteadOfJson: 1, htmlStatus: 403 } },
    'answers with a page, and 200': { ...list, later: { htmlInsteadOfJson: 1, htmlStatus: 200 } },
    'breaks the connection': { ...list, later: { resetConnection: 1 } },
    'breaks off': { ...list, later: { truncateBody: 1 } },
    'sends elsewhere': { ...list, later: { redirect: 1 } },
    'does not find it': { ...list, later: { resourceMissing: 1 } },
    'says what nobody knows': { ...list, later: { unknownFields: true, unknownStatus: 'teleported' } },
    'is slower than the request may be': {
      ...list,
      later: { latencyMs: 5_000 },
      options: { config: { requestTimeoutMs: 300 } as never },
    },
  })('%s', (_, row) => same(row));
});

describe('limits', () => {
  rows({
    'calls, beforehand': { body: { query: LIST }, options: { limits: { maxQueryCalls: 0 } }, way: 'yoga' },
    'rows, beforehand': {
      body: { query: LIST },
      options: { limits: { maxQueryRows: 2 } },
      headers: { accept: 'application/graphql-response+json' },
      way: 'yoga',
    },
    'calls, really made': {
      body: {
        query: `{ messages(first: 3) { nodes { sid media { sid } } } a: message(sid: "${GONE}") { sid } account { sid } }`,
      },
      options: { limits: { maxUpstreamCalls: 1 } },
    },
    'a rate': { ...OWN, options: { limits: { ratePerMinute: 4 } } },
    'a body that is too large': {
      body: { query: `${ACCOUNT}${' '.repeat(2_000)}` },
      options: { limits: { maxBodyBytes: 1_000 } },
      way: 'yoga',
    },
  })('%s', (_, row) => same(row));
});

describe('old answers', () => {
  const headers = { 'cache-control': 'stale-if-error=60' };
  const stale = { maxMs: 60_000, maxBytes: 1_000_000 };
  const config = { faults: { circuit: { failures: 0, openMs: 5_000 }, stale } };
  rows({
    'to who allows them, while Twilio is away': {
      body: { query: LIST },
      headers,
      options: { config },
      later: { fail503: 1, retryAfterSeconds: 100 },
      says: /"body":".*"extensions":\{"stale":\{"age":\d+,"reads":\[\{"read":"messages"/,
    },
    'while it cannot be reached, and beside what fails': {
      body: { query: `{ account { sid } a: account(sid: "${FOREIGN}") { sid } }` },
      headers,
      options: { config },
      later: { resetConnection: 1, faultPath: '/Accounts.json' },
      says: /^\{"errors":.*"data":\{"account":\{"sid":"AC\w+"\},"a":null\},"extensions":\{"stale"/,
    },
    'to nobody else': {
      body: { query: LIST },
      options: { config },
      later: { fail503: 1, retryAfterSeconds: 100 },
      says: /"data":\{"messages":null\}\}$/,
    },
  })('%s', (_, row) => same(row));
});

test('a client that goes away leaves the same line in the log', async () => {
  const pair = await twins();
  for (let time = 0; time < 5; time += 1) await pair.ask(OWN);
  pair.set({ latencyMs: 10_000 });
  const { past, yoga } = await pair.leave(OWN, 200);
  expect(past).toEqual(yoga);
  expect(past).toMatchObject([{ errors: ['REQUEST_ABORTED'] }]);
});
