import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { CACHE, createKit, type Kit } from '../kit.ts';
import { createDice } from './dice.ts';
import { mangle } from './mangle.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';

const { parent } = createSandbox({ messages: 0 }).accounts;

/** All fields that come from Twilio's payloads. */
const MESSAGE = `id sid accountSid body from to direction channel status errorCode errorMessage numSegments numMedia
  price priceUnit messagingServiceSid dateCreated dateSent dateUpdated
  delivery { outcome isFinal error { code title explanation documentationUrl } }
  media { id sid contentType dateCreated dateUpdated }`;
const ACCOUNT = 'id sid friendlyName status type ownerAccountSid dateCreated dateUpdated hasCredential';

const QUERIES: readonly string[] = [
  `{ messages(first: 5) { nodes { ${MESSAGE} account { ${ACCOUNT} } } edges { cursor } pageInfo { hasNextPage endCursor startCursor } scannedCount } }`,
  `{ messages(first: 3, filter: { channel: [SMS], bodyContains: "a", hasMedia: false }) { nodes { sid } scannedCount scanLimitReached } }`,
  `{ messages(first: 3, filter: { errorCode: [30003], direction: [INBOUND], dateSent: { since: "2026-06-01T00:00:00Z" } }) { nodes { sid } } }`,
  `{ account { ${ACCOUNT} ... on Account { subaccounts(first: 3) { nodes { ${ACCOUNT} owner { sid } } pageInfo { endCursor } } } } }`,
  `{ accounts(first: 3) { nodes { ${ACCOUNT} messages(first: 1) { nodes { sid } } } } }`,
  `{ message(sid: "SM${'0'.repeat(32)}") { ${MESSAGE} account { sid } } account(sid: "${parent.sid}") { sid } }`,
];

describe('any response of Twilio', () => {
  test('results in data or documented errors, with compiled queries too, with and without a cache', {
    timeout: within(60_000),
  }, async () => {
    const sandbox = createSandbox({ messages: 30 });
    let seed = 0;
    let mangled = 0;
    const over = {
      ...sandbox,
      async fetch(...request: Parameters<typeof sandbox.fetch>) {
        const response = await sandbox.fetch(...request);
        if (seed === 0 || new URL(new Request(request[0]).url).pathname === '/v2/token') return response;
        mangled += 1;
        const text = await response.text();
        const { status, headers } = response;
        return new Response(mangle(text, createDice(seed)), { status, headers });
      },
    };
    const kits = [createKit({ over }), createKit({ over, config: { cache: CACHE } })];
    // From the third time on the queries are compiled, and compiled code handles errors itself.
    for (const kit of kits) {
      for (const query of QUERIES) for (let time = 0; time < 4; time += 1) await kit.query(query);
    }

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(...QUERIES),
        fc.constantFrom(...kits.keys()),
        fc.boolean(),
        async (one, query, which, compiled) => {
          const kit = kits[which] as Kit;
          seed = one;
          const response = await kit.gateway.fetch('http://localhost/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
            body: JSON.stringify({ query: compiled ? query : `${query} # ${one}` }),
          });
          const text = await response.text();
          expect(faultsOf({ status: response.status, text })).toEqual([]);
          // The caller is not to blame.
          expect(text).not.toContain('BAD_USER_INPUT');
          seed = 0;
          // Nothing of it is cached.
          const after = await kit.query('{ account { sid } }');
          expect(after).toEqual({ data: { account: { sid: parent.sid } } });
        },
      ),
      runs(1_500),
    );
    expect(mangled).toBeGreaterThan(100);
  });
});

/** A Twilio in whose responses a text is always replaced by another. */
function mangling(from: RegExp, to: string) {
  const sandbox = createSandbox({ messages: 30 });
  const over = {
    ...sandbox,
    async fetch(...request: Parameters<typeof sandbox.fetch>) {
      const response = await sandbox.fetch(...request);
      return new Response((await response.text()).replaceAll(from, to), response);
    },
  };
  return createKit({ over });
}

test('a sender that is a number neither blocks a compiled query nor ends the process', async () => {
  const kit = mangling(/"from":"[^"]*"/g, '"from":5');
  for (let time = 0; time < 5; time += 1) {
    const { data, errors } = await kit.query('{ messages(first: 2) { nodes { from channel } } }');
    expect(errors).toBeUndefined();
    expect(data.messages.nodes).toHaveLength(2);
    expect(data.messages.nodes[0].from).toBeNull();
  }
});

test('a SID with a path does not become part of the path', async () => {
  const kit = mangling(/"account_sid":"[^"]*"/g, '"account_sid":"../../v2/x?"');
  const { errors } = await kit.query(
    '{ messages(first: 1) { nodes { sid account { sid } media { sid } } } }',
  );
  expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
    new Set(['TWILIO_INVALID_RESPONSE']),
  );
  expect(kit.sandbox.calls.filter(({ path }) => path.includes('..') || path.startsWith('/v2/x'))).toEqual([]);
});

test('a response for another account or message is neither returned nor cached', async () => {
  const sandbox = createSandbox({ messages: 30 });
  const { sid } = sandbox.accounts.parent;
  let wrong = false;
  const over = {
    ...sandbox,
    async fetch(...request: Parameters<typeof sandbox.fetch>) {
      const response = await sandbox.fetch(...request);
      const text = await response.text();
      return new Response(wrong ? text.replace(/"sid":"\w+"/, '"sid":" "') : text, response);
    },
  };
  const cache = { ...CACHE, pageMs: 0 };
  const { query } = createKit({ over, config: { cache } });
  const listed = await query('{ messages(first: 30, filter: { status: [FAILED] }) { nodes { sid } } }');
  const [message] = listed.data.messages.nodes;
  wrong = true;
  for (let time = 0; time < 3; time += 1) {
    const { data, errors } = await query(
      `query { message(sid: "${message.sid}") { sid } account { sid } } # ${time}`,
    );
    expect(data).toEqual({ message: null, account: null });
    const codes = errors?.map(({ extensions }) => extensions.code);
    expect(codes).toEqual(['TWILIO_INVALID_RESPONSE', 'TWILIO_INVALID_RESPONSE']);
  }
  wrong = false;
  const { data } = await query(`{ message(sid: "${message.sid}") { sid } account { sid } }`);
  expect(data).toEqual({ message: { sid: message.sid }, account: { sid } });
});
