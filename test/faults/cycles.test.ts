import { describe, expect, test } from 'vitest';
import { createSandbox, type SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createKit, type GraphQLResult, type Kit } from '../kit.ts';
import { codesOf, FAULTS, wire } from './kit.ts';

const INVALID = ['TWILIO_INVALID_RESPONSE'];
const PER_PAGE = 5;

/** A Twilio whose pages form a cycle: after `lead` pages, a cycle of `length`. */
function cyclic(lead: number, length: number, number: (asked: number, at: number) => number | null) {
  const sandbox = createSandbox({ messages: 30 });
  const { parent } = sandbox.accounts;
  const sid = (prefix: string, n: number) => prefix + n.toString(16).padStart(32, '0');
  const items = (at: number) =>
    Array.from({ length: PER_PAGE }, (_, index) => {
      const n = at * PER_PAGE + index + 1;
      const common = { account_sid: parent.sid, parent_sid: sid('SM', 1), status: 'active' };
      return { n, common };
    });
  let requests = 0;
  const over = {
    ...sandbox,
    fetch: (async (input, init) => {
      const { pathname, searchParams } = new URL(new Request(input).url);
      const key = { 'Messages.json': 'messages', 'Media.json': 'media_list', 'Accounts.json': 'accounts' }[
        pathname.split('/').at(-1) ?? ''
      ];
      if (!key) return sandbox.fetch(input, init);
      requests += 1;
      const at = Number(searchParams.get('PageToken')?.slice(2) ?? 0);
      const next = at + 1 < lead + length ? at + 1 : lead;
      const page = number(Number(searchParams.get('Page') ?? 0), next);
      const prefix = { messages: 'SM', media_list: 'ME', accounts: 'AC' }[key];
      return Response.json({
        [key]: items(at).map(({ n, common }) => ({ ...common, sid: sid(prefix ?? '', n) })),
        next_page_uri: `/x?${page === null ? '' : `Page=${page}&`}PageToken=PA${next}`,
      });
    }) as UpstreamFetch,
  };
  return { kit: createKit({ over, config: { scanBudget: 5_000 } }), sandbox, requests: () => requests };
}

/** Follows the cursors to the end, like a client that reads the whole list. */
async function walk(kit: Kit, field: string, first: number) {
  const sids: string[] = [];
  let after: string | null = null;
  for (let request = 0; request < 300; request += 1) {
    const { data, errors }: GraphQLResult = await kit.query(
      `query ($after: String) { list: ${field}(first: ${first}, after: $after) { nodes { sid } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    if (errors) return { sids, codes: codesOf({ errors }) };
    sids.push(...data.list.nodes.map(({ sid }: { sid: string }) => sid));
    if (!data.list.pageInfo.hasNextPage) return { sids, codes: [] };
    after = data.list.pageInfo.endCursor;
  }
  return { sids, codes: ['it went on'] };
}

const repeated = (sids: readonly string[]) => sids.length - new Set(sids).size;

describe.each<[string, (asked: number, at: number) => number | null]>([
  ['pages with fixed numbers', (_, at) => at],
  ['pages with rising numbers', (asked) => asked + 1],
  ['pages without numbers', () => null],
])('%s', (_, number) => {
  test.each([
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [3, 2],
    [0, 3],
    [2, 5],
    [1, 17],
  ])(
    "after %i pages a cycle of %i ends a client's walk, page by page or a few at once",
    async (lead, length) => {
      for (const field of ['messages', 'accounts']) {
        for (const first of [PER_PAGE, 3, 2 * PER_PAGE]) {
          const { kit } = cyclic(lead, length, number);
          const { sids, codes } = await walk(kit, field, first);
          expect(codes).toEqual(INVALID);
          // A page of the cycle may be read again, but not endlessly.
          expect(repeated(sids)).toBeLessThanOrEqual(2 * (lead + length) * PER_PAGE);
        }
      }
    },
  );

  test.each([
    [0, 2],
    [1, 2],
    [2, 7],
  ])('after %i pages a cycle of %i ends one request without duplicates', async (lead, length) => {
    const { kit, requests } = cyclic(lead, length, number);
    expect(codesOf(await kit.query('{ messages(first: 1000) { nodes { sid } } }'))).toEqual(INVALID);
    expect(requests()).toBeLessThanOrEqual(lead + length + 1);
  });

  test('a cycle of media, or of accounts that are looked up, ends too', async () => {
    const { kit, sandbox, requests } = cyclic(1, 2, number);
    const [message] = (
      await createKit({ over: sandbox }).query(
        '{ messages(first: 1, filter: { hasMedia: true }) { nodes { sid } } }',
      )
    ).data.messages.nodes;
    const { errors } = await kit.query(`{ message(sid: "${message.sid}") { media { sid } } }`);
    expect(codesOf({ errors: errors ?? [] })).toEqual(INVALID);
    const both = `a: account(sid: "AC${'7'.repeat(32)}") { sid } b: account(sid: "AC${'8'.repeat(32)}") { sid }`;
    expect(codesOf(await kit.query(`{ ${both} }`))).toEqual([...INVALID, ...INVALID]);
    expect(requests()).toBeLessThanOrEqual(8);
  });
});

test("two sandbox pages that lead to each other end a client's walk before an item is repeated", async () => {
  const kit = createKit({ sandbox: { messages: 3_000, switches: { pageRing: 'pair' } } });
  for (const first of [10, 50, 333]) {
    const { sids, codes } = await walk(kit, 'messages', first);
    expect(codes).toEqual(INVALID);
    expect(repeated(sids)).toBe(0);
  }
});

test('a list without a cycle is read to its end, including empty and short pages', async () => {
  const switches: Partial<SandboxSwitches>[] = [{}, { emptyPageWithNext: true }, { maxItemsPerPage: 7 }];
  for (const one of switches) {
    const kit = createKit({ sandbox: { messages: 400, switches: one } });
    const all = await kit.query('{ messages(first: 1000) { nodes { sid } } }');
    const { sids, codes } = await walk(kit, 'messages', 9);
    expect(codes).toEqual([]);
    expect(sids).toEqual(all.data.messages.nodes.map(({ sid }: { sid: string }) => sid));
  }
});

describe('a page instead of JSON, with status 200', () => {
  test('is retried', async () => {
    const kit = await wire();
    kit.sandbox.set({ htmlInsteadOfJson: { next: 2 }, htmlStatus: 200 });
    expect(codesOf(await kit.query('{ messages(first: 2) { nodes { sid } } }'))).toEqual([]);
    expect(kit.apiCalls()).toHaveLength(3);
  });

  test('that persists is an error after four attempts, without its content', async () => {
    const kit = await wire();
    kit.sandbox.set({ htmlInsteadOfJson: 1, htmlStatus: 200 });
    const { errors } = await kit.query('{ messages(first: 2) { nodes { sid } } }');
    expect(codesOf({ errors: errors ?? [] })).toEqual(INVALID);
    expect(kit.apiCalls()).toHaveLength(4);
    expect(JSON.stringify([errors, kit.lines])).not.toContain('Something is wrong');
  });
});

describe('a 500 of a single resource', () => {
  const STAYS_OPEN = {
    config: { resilience: { ...FAULTS, circuit: { failures: 3, openMs: 60_000, overMs: 0 } } },
  };

  test('for pages of any size opens no circuit while other reads succeed', async () => {
    const kit = await wire(STAYS_OPEN);
    await kit.query('{ account { sid } }');
    kit.sandbox.set({ failAbovePageSize: 3 });
    for (const size of [40, 20, 10, 5]) {
      const response = await kit.query(`{ messages(first: ${size}) { nodes { sid } } }`);
      expect(codesOf(response)).toEqual(['TWILIO_UNAVAILABLE']);
      expect(response.errors?.[0]?.extensions.retryAfter).toBeUndefined();
    }
    const response = await kit.query('{ messages(first: 3) { nodes { sid } } account { sid } }');
    expect(response.errors).toBeUndefined();
  });

  test('for one message, read again and again, opens no circuit', async () => {
    const kit = await wire(STAYS_OPEN);
    const { data } = await kit.query('{ messages(first: 2) { nodes { sid } } }');
    const [bad, good] = data.messages.nodes;
    kit.sandbox.set({ fail500: 1, faultPath: bad.sid });
    for (let time = 0; time < 3; time += 1) {
      expect(codesOf(await kit.query(`{ message(sid: "${bad.sid}") { sid } }`))).toEqual([
        'TWILIO_UNAVAILABLE',
      ]);
    }
    expect((await kit.query(`{ message(sid: "${good.sid}") { sid } }`)).errors).toBeUndefined();
  });

  test('for every resource opens the circuit', async () => {
    const kit = await wire(STAYS_OPEN);
    const { data } = await kit.query('{ messages(first: 4) { nodes { sid } } }');
    kit.sandbox.set({ fail500: 1 });
    const reads = data.messages.nodes.map(
      ({ sid }: { sid: string }, n: number) => `m${n}: message(sid: "${sid}") { sid }`,
    );
    await kit.query(`{ ${reads.join(' ')} }`);
    const { errors } = await kit.query('{ account { sid } }');
    expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_UNAVAILABLE', retryAfter: 60 } }]);
  });
});
