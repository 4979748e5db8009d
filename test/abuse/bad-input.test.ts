import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResultError, noErrors } from '../kit.ts';

const SM = 'SM00000000000000000000000000000000';
const messages = (args: string) => `{ messages(${args}) { nodes { sid } } }`;

/** Sends a query that must be rejected before any call to Twilio; returns its only error. */
async function rejected(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const kit = createKit({ sandbox: { messages: 20 } });
  const { errors, calls } = await kit.countCalls(query, variables, headers);
  expect(calls).toEqual([]);
  expect(errors).toHaveLength(1);
  const [error] = errors as [GraphQLResultError];
  expect(JSON.stringify(error)).not.toMatch(/\bat .*\.ts:\d+|node_modules|stack/);
  return error;
}

describe('BAD_USER_INPUT names the argument and the remedy', () => {
  const cases: [what: string, query: string, variables: object, place: string | null, says: RegExp][] = [
    ['account SID', '{ account(sid: "AC12") { sid } }', {}, null, /"AC" followed by 32 hex/],
    [
      'account SID variable',
      'query($sid: AccountSid) { account(sid: $sid) { sid } }',
      { sid: 'nope' },
      'sid',
      /32 hex/,
    ],
    ['message SID', `{ message(sid: "${SM}0") { sid } }`, {}, null, /"SM" or "MM" followed by 32/],
    ['address', messages('filter: { to: "call me now, please" }'), {}, null, /E\.164 number/],
    [
      'address variable',
      'query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }',
      { f: { to: '0044 7700' } },
      'f.to',
      /E\.164 number/,
    ],
    ['date', messages('filter: { dateSent: { on: "2026-02-30" } }'), {}, null, /YYYY-MM-DD/],
    ['date time', messages('filter: { dateSent: { since: "yesterday" } }'), {}, null, /RFC 3339/],
    ['enum', messages('filter: { status: [LOST] }'), {}, null, /MessageStatus/],
    ['first 0', messages('first: 0'), {}, 'first', /between 1 and 1000, but is 0/],
    ['first 1001', messages('first: 1001'), {}, 'first', /between 1 and 1000, but is 1001/],
    ['last alone', messages('last: 5'), {}, 'last', /"last" requires "before"/],
    ['first and last', messages('first: 5, last: 5, before: "x"'), {}, 'last', /one direction/],
    [
      'on beside since',
      messages('filter: { dateSent: { on: "2026-10-01", since: "2026-10-01T00:00:00Z" } }'),
      {},
      'filter.dateSent.on',
      /whole GMT day/,
    ],
    [
      'since after until',
      messages('filter: { dateSent: { since: "2026-10-02T00:00:00Z", until: "2026-10-01T00:00:00Z" } }'),
      {},
      'filter.dateSent.since',
      /later than "until"/,
    ],
    ['node id', '{ node(id: "bm90aGluZw") { id } }', {}, 'id', /not an id of this API/],
    [
      'wrong type of variable',
      'query($n: Int) { messages(first: $n) { nodes { sid } } }',
      { n: 'ten' },
      null,
      /Int cannot represent/,
    ],
  ];

  test.each(cases)('%s', async (_what, query, variables, place, says) => {
    const error = await rejected(query, variables);
    expect(error.message).toMatch(says);
    expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(error.extensions.code);
    if (place !== null) {
      expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: place });
    } else {
      expect(error.locations).toHaveLength(1);
    }
  });

  test('does not repeat an invalid address, which may be a phone number', async () => {
    const query = 'query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }';
    const error = await rejected(query, { f: { to: '+49 30 901820 ext 3' } });
    expect(JSON.stringify(error)).not.toContain('901820');
  });
});

describe('cursors', () => {
  const cursorOf = async (kit: ReturnType<typeof createKit>, args: string) => {
    const { data } = noErrors(await kit.query(`{ messages(${args}) { pageInfo { endCursor } } }`));
    return data.messages.pageInfo.endCursor as string;
  };

  test.each(['', 'x', 'W10', Buffer.from('["a"]').toString('base64url'), 'A'.repeat(10_000)])(
    'that are none: CURSOR_INVALID (%#)',
    async (after) => {
      const error = await rejected('query($after: String) { messages(after: $after) { nodes { sid } } }', {
        after,
      });
      expect(error.extensions).toMatchObject({ code: 'CURSOR_INVALID', argument: 'after' });
    },
  );

  test('of another filter or account: CURSOR_INVALID without a call', async () => {
    const kit = createKit();
    const after = await cursorOf(kit, 'first: 3');
    const { active } = kit.sandbox.accounts;
    for (const args of [`filter: { from: "+14155550100" }`, `accountSid: "${active.sid}"`]) {
      const { errors, calls } = await kit.countCalls(messages(`after: "${after}", ${args}`));
      expect(errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
      expect(errors?.[0]?.message).toContain('another account or filter');
      expect(calls).toEqual([]);
    }
  });

  test('of an account list are invalid for a message list', async () => {
    const kit = createKit();
    const { data } = noErrors(await kit.query('{ accounts(first: 1) { pageInfo { endCursor } } }'));
    const { errors } = await kit.query(messages(`after: "${data.accounts.pageInfo.endCursor}"`));
    expect(errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
  });

  test('with a page token that Twilio no longer accepts: CURSOR_INVALID', async () => {
    const kit = createKit();
    const after = await cursorOf(kit, 'first: 3');
    kit.sandbox.set({ pageTokenRefused: 1 });
    const { errors } = await kit.query(messages(`after: "${after}"`));
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CURSOR_INVALID' });
  });
});

describe('credentials and accounts', () => {
  test('an unknown credential: CREDENTIAL_UNKNOWN lists the available ones', async () => {
    for (const query of ['{ account { sid } }', '{ credential { nickname } }']) {
      const error = await rejected(query, {}, { 'x-twilio-credential': 'typo' });
      expect(error.extensions).toMatchObject({ code: 'CREDENTIAL_UNKNOWN', argument: 'X-Twilio-Credential' });
      expect(error.message).toContain('Use one of: sandbox, sandbox-subaccount.');
    }
    const error = await rejected('{ credential(nickname: "typo") { nickname } }');
    expect(error.extensions).toMatchObject({ code: 'CREDENTIAL_UNKNOWN', argument: 'nickname' });
  });

  test('an account without a credential: CREDENTIAL_MISSING says which one to add', async () => {
    const kit = createKit();
    const { suspended } = kit.sandbox.accounts;
    const { data, errors } = await kit.query(
      `{ messages(accountSid: "${suspended.sid}") { nodes { sid } } message(accountSid: "${suspended.sid}", sid: "${SM}") { sid } credentials { nickname } }`,
    );
    expect(data).toEqual({
      messages: null,
      message: null,
      credentials: [{ nickname: 'sandbox' }, { nickname: 'sandbox-subaccount' }],
    });
    expect(errors?.map(({ extensions }) => extensions)).toEqual(
      Array(2).fill(
        expect.objectContaining({
          code: 'CREDENTIAL_MISSING',
          accountSid: suspended.sid,
          credential: 'sandbox',
        }),
      ),
    );
  });

  test("a missing permission: TWILIO_PERMISSION_MISSING with Twilio's name; other fields are unaffected", async () => {
    const kit = createKit();
    kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', ['/twilio/iam/accounts/read']);
    const { data, errors } = await kit.query('{ account { status } messages { nodes { sid } } }');
    expect(data).toEqual({ account: { status: 'ACTIVE' }, messages: null });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'TWILIO_PERMISSION_MISSING',
      permission: '/twilio/messaging/messages/list',
      twilio: { code: 70051, status: 401, requestId: expect.stringMatching(/^RQ[0-9a-f]{32}$/) },
    });
  });

  test('a secret Twilio refuses: CREDENTIAL_REFUSED', async () => {
    const kit = createKit();
    kit.sandbox.rotateSecret(kit.sandbox.apps[0]?.clientId ?? '');
    const { errors } = await kit.query('{ account { sid } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CREDENTIAL_REFUSED', twilio: { code: 322402 } });
    expect(errors?.[0]?.message).toContain('client secret is the current one');
  });

  test('a missing resource is null without an error', async () => {
    const kit = createKit();
    const { data } = noErrors(await kit.query(`{ message(sid: "${SM}") { sid } }`));
    expect(data).toEqual({ message: null });
  });
});

describe('retention', () => {
  test('a range before retention: MESSAGE_HISTORY_LIMIT with the earliest date', async () => {
    const error = await rejected(messages('filter: { dateSent: { on: "2020-01-01" } }'));
    expect(error.extensions).toMatchObject({ code: 'MESSAGE_HISTORY_LIMIT', retentionDays: 400 });
    expect(error.message).toContain(String(error.extensions.earliestDate));
    expect(error.extensions.earliestDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('a range that begins before retention is cut and marked', async () => {
    const kit = createKit();
    const query = `{ cut: messages(first: 5, filter: { dateSent: { since: "2020-01-01T00:00:00Z" } }) { nodes { dateSent } historyTruncated }
      whole: messages(first: 5) { historyTruncated } }`;
    const { data } = noErrors(await kit.query(query));
    expect(data.cut.nodes).toHaveLength(5);
    expect(data.cut.historyTruncated).toBe(true);
    expect(data.whole.historyTruncated).toBe(false);
  });

  test('a shorter retention is learnt from Twilio once', async () => {
    const kit = createKit({ sandbox: { switches: { retentionDays: 30 } } });
    const query = messages('first: 5, filter: { dateSent: { since: "2020-01-01T00:00:00Z" } }');
    const first = noErrors(await kit.countCalls(query));
    const second = noErrors(await kit.countCalls(query));
    expect(first.data.messages.nodes).toHaveLength(5);
    expect([first.calls.length, second.calls.length]).toEqual([2, 1]);
  });
});

describe('queries', () => {
  test('too deep: QUERY_TOO_DEEP with limit and actual depth', async () => {
    const inner = 'owner { subaccounts { nodes { ';
    const query = `{ account { ... on Subaccount { ${inner.repeat(6)} sid ${'} } } '.repeat(6)} } } }`;
    const error = await rejected(query);
    expect(error.extensions).toMatchObject({ code: 'QUERY_TOO_DEEP', limit: 12, actual: 20 });
  });

  test('a field that does not exist: GRAPHQL_VALIDATION_FAILED', async () => {
    const error = await rejected('{ account { authToken } }');
    expect(error.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(error.message).toContain('Cannot query field "authToken"');
  });

  test('text that is not GraphQL: GRAPHQL_PARSE_FAILED', async () => {
    const error = await rejected('{ account { sid ');
    expect(error.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
  });

  test('an unknown operation: OPERATION_UNKNOWN lists the known ones', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: 'DeleteMessage' }),
    });
    const { errors } = (await response.json()) as { errors: GraphQLResultError[] };
    expect(errors[0]?.extensions.code).toBe('OPERATION_UNKNOWN');
    expect(errors[0]?.message).toContain(
      'ExportMessages, ExportThread, GetThread, ListAccounts, ListCredentials, ListMessages, MessageStats, RetrieveAccount, RetrieveMessage',
    );
  });

  test('a body that is not JSON', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":',
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: GraphQLResultError[] };
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  test('a malformed body is not repeated, because it may contain a phone number', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"variables":{"to":"+4930901820"}',
    });
    expect(await response.text()).not.toContain('901820');
  });

  test('neither a query nor a documentId: BAD_REQUEST names both', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"variables":{}}',
    });
    const { errors } = (await response.json()) as { errors: GraphQLResultError[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(errors[0]?.message).toContain('"documentId"');
  });
});
