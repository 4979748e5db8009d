import { describe, expect, test } from 'vitest';
import type { AddressVisibility } from '../../src/policy/field-policy.ts';
import { createKit, type GraphQLResult, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { type CopyKit, createCopyKit, createSyncedKit, finish, sync } from './copy.ts';
import { type Row, readAll, sidsOf } from './rows.ts';

const LIST = `query($first: Int, $after: String, $last: Int, $before: String, $filter: MessageFilter, $in: AccountSelection, $source: MessageSource, $orderBy: MessageOrder) {
  messages(first: $first, after: $after, last: $last, before: $before, filter: $filter, in: $in, source: $source, orderBy: $orderBy) {
    nodes { sid body bodyState accountSid dateSent dateCreated } source asOf totalCount scannedCount historyTruncated
    unavailable { accountSid code message } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const STATS = `query($filter: MessageFilter, $groupBy: [MessageDimension!], $interval: StatsInterval, $timeZone: TimeZone, $source: MessageSource) {
  messageStats(filter: $filter, groupBy: $groupBy, interval: $interval, timeZone: $timeZone, source: $source) {
    total { messages segments cost { amount currency } deliveryRate }
    groups { start status channel country sender measures { messages failed } }
    coverage { source complete historyTruncated since until scannedCount asOf }
  }
}`;
const THREADS = `query($first: Int, $after: String, $filter: MessageFilter, $source: MessageSource, $in: AccountSelection) {
  threads(first: $first, after: $after, filter: $filter, source: $source, in: $in) {
    nodes { id participant summary { lastMessage { sid } inbound outbound failed channels accountSids firstSeen optedOut } }
    source asOf totalCount pageInfo { hasNextPage endCursor }
  }
}`;
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const codeOf = ({ errors }: GraphQLResult) => errors?.[0]?.extensions.code;

type CopyName =
  | 'none'
  | 'empty'
  | 'whole'
  | 'of 30 days'
  | 'without texts'
  | 'of the last week so far'
  | 'without the newest day'
  | 'disabled';

/** The states a copy may be in. */
const COPIES: Record<CopyName, () => Promise<CopyKit>> = {
  none: async () => createKit() as unknown as CopyKit,
  empty: () => createCopyKit(),
  whole: () => createSyncedKit(),
  'of 30 days': async () => {
    const kit = await createCopyKit();
    await sync(kit, kit.sandbox.accounts.parent.sid, { days: 30 });
    return kit;
  },
  'without texts': async () => {
    const kit = await createCopyKit();
    await sync(kit, kit.sandbox.accounts.parent.sid, { keepsBodies: false });
    return kit;
  },
  'of the last week so far': async () => {
    const kit = await createCopyKit();
    const accountSid = kit.sandbox.accounts.parent.sid;
    await sync(kit, accountSid);
    await kit.history.eraseAccount(accountSid);
    const week = { since: new Date(Date.now() - 7 * DAY_MS), until: new Date('2099-01-01') };
    await finish(kit.history, accountSid, 'week', week);
    const before = { since: new Date(0), until: new Date(Date.now() - 7 * DAY_MS) };
    await kit.history.planSlices([{ accountSid, key: 'before', ...before, rank: 0, dueAt: null }]);
    return kit;
  },
  'without the newest day': async () => {
    const kit = await COPIES['of the last week so far']();
    const accountSid = kit.sandbox.accounts.parent.sid;
    const day = { since: new Date('2099-01-02'), until: new Date('2099-01-03') };
    await kit.history.planSlices([{ accountSid, key: 'newest', ...day, rank: 0, dueAt: null }]);
    return kit;
  },
  disabled: async () => {
    const kit = await createSyncedKit();
    const accountSid = kit.sandbox.accounts.parent.sid;
    const policy = await kit.history.policy(accountSid);
    if (policy) await kit.history.setPolicy({ ...policy, enabled: false });
    return kit;
  },
};

const PLAIN = { first: 5 };
const FAILED = { first: 5, filter: { status: ['FAILED'] } };
const RECENT = { first: 5, filter: { status: ['FAILED'], dateCreated: { since: daysAgo(5) } } };
const WORD = { first: 5, filter: { text: 'your', dateCreated: { since: daysAgo(5) } } };

describe('AUTO, and the sources that are given', () => {
  // The table of docs/history.md.
  test.each<[CopyName, string, object, string]>([
    ['none', 'what Twilio filters', PLAIN, 'TWILIO'],
    ['none', 'another filter', FAILED, 'TWILIO'],
    ['none', 'HISTORY', { ...PLAIN, source: 'HISTORY' }, 'HISTORY_UNAVAILABLE'],
    ['none', 'oldest first', { ...PLAIN, orderBy: 'OLDEST_FIRST' }, 'HISTORY_UNAVAILABLE'],
    ['empty', 'another filter', FAILED, 'TWILIO'],
    ['empty', 'HISTORY', { ...PLAIN, source: 'HISTORY' }, 'HISTORY_UNAVAILABLE'],
    ['empty', 'oldest first', { ...PLAIN, orderBy: 'OLDEST_FIRST' }, 'HISTORY_UNAVAILABLE'],
    ['whole', 'what Twilio filters', PLAIN, 'TWILIO'],
    ['whole', 'a sent date', { first: 5, filter: { dateSent: { since: daysAgo(9) } } }, 'TWILIO'],
    ['whole', 'another filter', FAILED, 'HISTORY'],
    ['whole', 'another filter, TWILIO', { ...FAILED, source: 'TWILIO' }, 'TWILIO'],
    ['whole', 'words', WORD, 'HISTORY'],
    ['whole', 'HISTORY', { ...PLAIN, source: 'HISTORY' }, 'HISTORY'],
    ['whole', 'oldest first', { ...PLAIN, orderBy: 'OLDEST_FIRST' }, 'HISTORY'],
    [
      'whole',
      'oldest first, TWILIO',
      { ...PLAIN, orderBy: 'OLDEST_FIRST', source: 'TWILIO' },
      'HISTORY_UNAVAILABLE',
    ],
    [
      'whole',
      'more than 400 days ago',
      { first: 5, filter: { dateSent: { until: daysAgo(500) } } },
      'HISTORY',
    ],
    ['of 30 days', 'another filter', FAILED, 'TWILIO'],
    ['of 30 days', 'another filter, five days', RECENT, 'HISTORY'],
    ['without texts', 'another filter', FAILED, 'HISTORY'],
    ['without texts', 'words', WORD, 'TWILIO'],
    ['without texts', 'words, HISTORY', { ...WORD, source: 'HISTORY' }, 'HISTORY_UNAVAILABLE'],
    ['of the last week so far', 'another filter', FAILED, 'TWILIO'],
    ['of the last week so far', 'another filter, five days', RECENT, 'HISTORY'],
    ['of the last week so far', 'HISTORY', { ...PLAIN, source: 'HISTORY' }, 'HISTORY'],
    ['without the newest day', 'another filter, five days', RECENT, 'TWILIO'],
    ['disabled', 'another filter', FAILED, 'TWILIO'],
    ['disabled', 'HISTORY', { ...PLAIN, source: 'HISTORY' }, 'HISTORY_UNAVAILABLE'],
  ])('copy %s, %s', async (copy, _what, variables, expected) => {
    const kit = await COPIES[copy]();
    const response = await kit.query(LIST, variables);
    expect(response.data.messages?.source ?? codeOf(response)).toBe(expected);
  });

  test('what the copy does not have is said', async () => {
    const kit = await COPIES['of the last week so far']();
    const { data } = noErrors(await kit.query(LIST, { ...PLAIN, source: 'HISTORY' }));
    expect(data.messages.historyTruncated).toBe(true);
    const stats = noErrors(await kit.query(STATS, { source: 'HISTORY' }));
    expect(stats.data.messageStats.coverage).toMatchObject({
      source: 'HISTORY',
      complete: false,
      historyTruncated: true,
    });
  });
});

describe('lists from the copy', () => {
  test('equal those from Twilio, page by page, both ways and in both orders', async () => {
    const kit = await createSyncedKit({ messages: 900 });
    const all = await readAll(kit);
    const failed = all.filter(({ status }) => status === 'FAILED' || status === 'UNDELIVERED');
    const filter = { status: ['FAILED', 'UNDELIVERED'] };
    for (const orderBy of ['NEWEST_FIRST', 'OLDEST_FIRST']) {
      const rows: Row[] = [];
      let page: { endCursor: string | null; startCursor: string | null; hasNextPage: boolean } = {
        endCursor: null,
        startCursor: null,
        hasNextPage: true,
      };
      while (page.hasNextPage) {
        const { data }: GraphQLResult = noErrors(
          await kit.query(LIST, { first: 7, after: page.endCursor, filter, orderBy, source: 'HISTORY' }),
        );
        expect(data.messages).toMatchObject({ totalCount: failed.length, scannedCount: 0 });
        rows.push(...data.messages.nodes);
        page = data.messages.pageInfo;
      }
      expect(sidsOf(rows).sort()).toEqual(sidsOf(failed).sort());
      const times = rows.map(({ dateSent, dateCreated }) => Date.parse(dateSent ?? dateCreated));
      const sign = orderBy === 'NEWEST_FIRST' ? -1 : 1;
      expect(times).toEqual(times.toSorted((a, b) => sign * (a - b)));
      const back = noErrors(await kit.query(LIST, { last: 4, before: page.startCursor, filter, orderBy }));
      const end = rows.findIndex(({ sid }) => sid === rows.at(-(failed.length % 7 || 7))?.sid);
      expect(sidsOf(back.data.messages.nodes)).toEqual(sidsOf(rows.slice(end - 4, end)));
    }
  });

  test('HISTORY makes no call; AUTO one for each account in two seconds', async () => {
    const kit = await createSyncedKit();
    const history = await kit.countCalls(LIST, { ...FAILED, source: 'HISTORY' });
    expect(history.calls).toEqual([]);
    const [one, two] = await Promise.all([kit.countCalls(LIST, FAILED), kit.query(LIST, WORD)]);
    expect(one.data.messages.source).toBe('HISTORY');
    expect(two.data.messages.source).toBe('HISTORY');
    await kit.query(STATS, {});
    expect(kit.sandbox.calls.filter(({ path }) => path.includes('Messages.json'))).toHaveLength(1);
  });

  test('AUTO misses no new message, and says so by asOf', async () => {
    const kit = await createSyncedKit();
    const before = Date.now();
    const { sid } = kit.sandbox.addMessage('parent', { body: 'brand new words' });
    const stale = noErrors(await kit.query(LIST, { source: 'HISTORY', filter: { text: 'brand' } }));
    expect(stale.data.messages.nodes).toEqual([]);
    const { data } = noErrors(await kit.query(LIST, { filter: { text: 'brand' } }));
    expect(data.messages.source).toBe('HISTORY');
    expect(sidsOf(data.messages.nodes)).toEqual([sid]);
    expect(Date.parse(data.messages.asOf)).toBeGreaterThanOrEqual(before - 1000);
  });

  test('while Twilio is unavailable, the copy answers as it is', async () => {
    const kit = await createSyncedKit();
    const { asOf } = await kit.history.status(kit.sandbox.accounts.parent.sid);
    kit.sandbox.set({ fail503: 1 });
    const { data } = noErrors(await kit.query(LIST, FAILED));
    expect(data.messages).toMatchObject({ source: 'HISTORY', asOf: asOf?.toISOString() });
  });

  test('a revoked permission takes effect at once', async () => {
    const kit = await createSyncedKit();
    const [app] = kit.sandbox.apps;
    kit.sandbox.setPermissions(app?.clientId ?? '', ['/twilio/iam/accounts/read']);
    const response = await kit.query(LIST, FAILED);
    expect(codeOf(response)).toBe('TWILIO_PERMISSION_MISSING');
  });

  test('a cursor belongs to the source and the order that made it', async () => {
    const kit = await createSyncedKit();
    const first = async (variables: object) =>
      noErrors(await kit.query(LIST, { first: 2, ...variables })).data.messages.pageInfo.endCursor;
    const twilio = await first({ source: 'TWILIO' });
    const history = await first({ source: 'HISTORY' });
    const code = async (variables: object) => codeOf(await kit.query(LIST, variables));
    expect(await code({ after: twilio, source: 'HISTORY' })).toBe('CURSOR_INVALID');
    expect(await code({ after: history, source: 'TWILIO' })).toBe('CURSOR_INVALID');
    expect(await code({ after: history, orderBy: 'OLDEST_FIRST' })).toBe('CURSOR_INVALID');
    expect(await code({ after: history, filter: { status: ['FAILED'] } })).toBe('CURSOR_INVALID');
    expect(await code({ after: `${history}x`.slice(3) })).toBe('CURSOR_INVALID');
    // AUTO follows the cursor.
    const next = noErrors(await kit.countCalls(LIST, { first: 2, after: history }));
    expect(next.data.messages.source).toBe('HISTORY');
    expect(next.calls).toEqual([]);
    expect(await code({ after: twilio })).toBeUndefined();
  });

  test('of several accounts: those without a copy are named', async () => {
    const kit = await createSyncedKit();
    const { parent, active } = kit.sandbox.accounts;
    const variables = { first: 500, in: { sids: [parent.sid, active.sid] }, source: 'HISTORY' };
    const one = noErrors(await kit.query(LIST, variables));
    expect(one.data.messages.unavailable).toEqual([
      { accountSid: active.sid, code: 'HISTORY_UNAVAILABLE', message: expect.stringContaining('has none') },
    ]);
    await sync(kit, active.sid);
    const both = noErrors(await kit.query(LIST, variables));
    expect(both.data.messages.unavailable).toEqual([]);
    expect(both.data.messages.totalCount).toBeGreaterThan(one.data.messages.totalCount);
    expect(new Set(both.data.messages.nodes.map(({ accountSid }: Row) => accountSid)).size).toBe(2);
  });

  test('an account is not read by a credential of another one', async () => {
    const kit = await createSyncedKit({}, { subaccount: true });
    const { active } = kit.sandbox.accounts;
    const { createFixedStore } = await import('../../src/store/fixed-store.ts');
    const only = createKit({
      over: kit.sandbox,
      history: kit.history,
      store: createFixedStore(kit.sandbox.apps.filter(({ accountSid }) => accountSid !== active.sid)),
    });
    const response = await only.query(LIST, { in: { sids: [active.sid] }, source: 'HISTORY' });
    expect(codeOf(response)).toBe('HISTORY_UNAVAILABLE');
  });

  test('a text that is not kept is null, and said to be', async () => {
    const kit = await COPIES['without texts']();
    const { data } = noErrors(await kit.query(LIST, { first: 1, source: 'HISTORY' }));
    expect(data.messages.nodes[0]).toMatchObject({ body: null, bodyState: 'NOT_KEPT' });
  });

  test('totalCount is counted only if it is selected', async () => {
    const kit = await createSyncedKit();
    let counts = 0;
    const { count } = kit.history;
    Object.assign(kit.history, {
      count: (...args: Parameters<typeof count>) => {
        counts += 1;
        return count(...args);
      },
    });
    noErrors(await kit.query('{ messages(first: 2, source: HISTORY) { nodes { sid } } }'));
    expect(counts).toBe(0);
    noErrors(await kit.query('{ messages(first: 2, source: HISTORY) { totalCount } }'));
    expect(counts).toBe(1);
  });
});

describe('statistics from the copy', () => {
  test.each([
    {},
    { groupBy: ['STATUS'], interval: 'DAY', timeZone: 'Europe/Berlin' },
    { groupBy: ['CHANNEL', 'COUNTRY'], filter: { dateCreated: { since: daysAgo(90) } } },
    {
      groupBy: ['SENDER'],
      filter: { dateSent: { since: daysAgo(200), until: daysAgo(10) } },
      interval: 'MONTH',
    },
    { groupBy: ['STATUS'], interval: 'WEEK', timeZone: 'Asia/Kolkata', filter: { direction: ['INBOUND'] } },
  ])('equal those from Twilio: %j', async (variables) => {
    const kit = await createSyncedKit({ messages: 1_500 });
    const read = async (source: string) =>
      noErrors(await kit.query(STATS, { ...variables, source })).data.messageStats;
    const [twilio, history] = [await read('TWILIO'), await read('HISTORY')];
    expect(history.coverage).toMatchObject({ source: 'HISTORY', complete: true, scannedCount: 0 });
    const sorted = (groups: object[]) => groups.map((group) => JSON.stringify(group)).sort();
    expect(history.total).toEqual(twilio.total);
    expect(sorted(history.groups)).toEqual(sorted(twilio.groups));
    expect(twilio.total.messages).toBeGreaterThan(0);
  });
});

test('a read of the copy is in the audit of reads', async () => {
  const { sandbox, history } = await createSyncedKit();
  const kit = await createManagedKit({ over: sandbox, history, config: { auditReads: true } });
  const reader = await kit.readerKey([await kit.addCredential('main')], { name: 'case tool' });
  const { data } = noErrors(await kit.query(LIST, { first: 1, source: 'HISTORY' }, reader));
  expect(data.messages.source).toBe('HISTORY');
  await kit.gateway.close();
  const entries = await kit.store.listAudit({ limit: 10, action: 'messages.read' });
  expect(entries).toMatchObject([{ actor: 'case tool', target: sandbox.accounts.parent.sid }]);
});

test('an export that the copy serves has all pages', async () => {
  const kit = await createSyncedKit({ messages: 2_500 });
  const since = daysAgo(390);
  const filter = { dateSent: { since }, status: ['DELIVERED', 'RECEIVED', 'READ', 'UNDELIVERED'] };
  const rows = (await readAll(kit)).filter(
    ({ status, dateSent }) => filter.status.includes(status) && dateSent !== null && dateSent >= since,
  );
  expect(rows.length).toBeGreaterThan(1_000);
  const response = await kit.gateway.fetch(
    `http://localhost/export/messages.ndjson?filter=${encodeURIComponent(JSON.stringify(filter))}`,
  );
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.pop().export).toMatchObject({ complete: true, scannedCount: 0, error: null });
  expect(sidsOf(lines).sort()).toEqual(sidsOf(rows).sort());
});

test('a burst of reads does not queue pages to be saved', async () => {
  const kit = await createCopyKit({ sandbox: { messages: 1_000 } });
  const accountSid = kit.sandbox.accounts.parent.sid;
  const policy = { accountSid, enabled: true, paused: false, keepsBodies: true, days: null };
  await kit.history.setPolicy(policy);
  let saves = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const history = {
    ...kit.history,
    savePage: async () => {
      saves += 1;
      await promise;
      return { inserted: 0, updated: 0, deleted: 0 };
    },
  };
  const busy = createKit({ over: kit.sandbox, history });
  for (let times = 0; times < 20; times += 1) noErrors(await busy.query(LIST, { first: 100 }));
  expect(saves).toBe(1);
  resolve();
  await expect
    .poll(async () => {
      noErrors(await busy.query(LIST, { first: 100 }));
      return saves;
    })
    .toBeGreaterThan(1);
});

describe('field policies', () => {
  test('mask the participants of threads, and reject lists of hidden ones', async () => {
    const { sandbox, history } = await createSyncedKit();
    const kit = await createManagedKit({ over: sandbox, history });
    const credentialId = await kit.addCredential('main');
    const read = async (addresses: AddressVisibility) => {
      const headers = await kit.readerKey([credentialId], { fieldPolicy: { addresses, bodies: 'HIDDEN' } });
      const query = `{ threads(first: 5, source: HISTORY) { nodes { id participant summary {
        lastMessage { body bodyState from to } } messages(first: 2) { nodes { from to } } } pageInfo { endCursor } } }`;
      return kit.query(query, {}, headers);
    };
    for (const addresses of ['LAST_FOUR', 'PSEUDONYM'] as const) {
      const { data } = noErrors(await read(addresses));
      expect(data.threads.nodes).toHaveLength(5);
      expect(JSON.stringify(data)).not.toMatch(/\+\d{8}/);
      expect(data.threads.nodes[0].summary.lastMessage).toMatchObject({ body: null, bodyState: 'HIDDEN' });
      const cursor = Buffer.from(data.threads.pageInfo.endCursor, 'base64url').toString();
      expect(cursor).not.toContain('HISTORY');
    }
    expect(codeOf(await read('HIDDEN'))).toBe('FILTER_NOT_ALLOWED');
  });
});

describe('threads', () => {
  test('from the copy and from Twilio have the same persons in the same order', async () => {
    const kit = await createSyncedKit({ messages: 300 }, { subaccount: true });
    // What is older does not change while the test reads.
    const filter = { dateCreated: { until: daysAgo(3) } };
    const read = async (source: string) => {
      const nodes: { participant: string; summary: object | null }[] = [];
      for (let after: string | null = null; ; ) {
        const { data }: GraphQLResult = noErrors(
          await kit.query(THREADS, { first: 40, after, source, filter, in: { all: true } }),
        );
        expect(data.threads.source).toBe(source);
        nodes.push(...data.threads.nodes);
        if (!data.threads.pageInfo.hasNextPage) return { nodes, totalCount: data.threads.totalCount };
        after = data.threads.pageInfo.endCursor;
      }
    };
    const [history, twilio] = [await read('HISTORY'), await read('TWILIO')];
    const persons = (found: typeof history) => found.nodes.map(({ participant }) => participant);
    expect(persons(history)).toEqual(persons(twilio));
    expect(new Set(persons(history)).size).toBe(history.nodes.length);
    expect(history.totalCount).toBe(history.nodes.length);
    expect(twilio.totalCount).toBeNull();
    expect(history.nodes.every(({ summary }) => summary !== null)).toBe(true);
  });

  test('AUTO takes the copy if there is one', async () => {
    const kit = await createSyncedKit();
    expect((await kit.query(THREADS, { first: 2 })).data.threads.source).toBe('HISTORY');
    expect((await createKit().query(THREADS, { first: 2 })).data.threads.source).toBe('TWILIO');
  });

  test('a summary is of one person, and null without a copy', async () => {
    const summary = `query($with: Address!) { thread(with: $with, in: { all: true }) { summary {
      lastMessage { sid from to } inbound outbound failed channels accountSids firstSeen optedOut } } }`;
    const kit = await createSyncedKit({ messages: 2_000 }, { subaccount: true });
    const { data } = noErrors(await kit.query(THREADS, { first: 1, source: 'HISTORY', in: { all: true } }));
    const [{ participant, summary: expected }] = data.threads.nodes;
    const thread = noErrors(await kit.countCalls(summary, { with: participant }));
    expect(thread.calls).toEqual([]);
    expect(thread.data.thread.summary).toMatchObject(expected);
    const without = noErrors(await createKit().query(summary, { with: participant }));
    expect(without.data.thread.summary).toBeNull();
  });

  test('a thread of the list can be read by its id, and its messages from the copy', async () => {
    const kit = await createSyncedKit();
    const { data } = noErrors(await kit.query(THREADS, { first: 1, source: 'HISTORY' }));
    const [{ id, summary }] = data.threads.nodes;
    const node = noErrors(
      await kit.query(
        'query($id: ID!) { node(id: $id) { ... on Thread { messages(source: HISTORY, first: 1000) { nodes { sid } totalCount } } } }',
        { id },
      ),
    );
    const { nodes, totalCount } = node.data.node.messages;
    expect(totalCount).toBe(summary.inbound + summary.outbound);
    expect(nodes[0].sid).toBe(summary.lastMessage.sid);
  });
});
