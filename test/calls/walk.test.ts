import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKit, type Kit, noErrors } from '../kit.ts';

interface Page {
  sids: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

const QUERY = `query($first: Int, $after: String, $last: Int, $before: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    nodes { sid }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function page(kit: Kit, variables: object): Promise<Page> {
  const { data } = noErrors(await kit.query(QUERY, variables));
  const { nodes, pageInfo } = data.messages;
  return { sids: nodes.map(({ sid }: { sid: string }) => sid), ...pageInfo };
}

/** Walks to the oldest message and back to the newest, with the given page sizes in turn; calls `between` before each page. */
async function walk(kit: Kit, sizes: readonly number[], between: () => void, filter: object = {}) {
  let turn = 0;
  const size = () => sizes[turn++ % sizes.length] ?? 50;
  const forward: string[] = [];
  let current = await page(kit, { first: size(), filter });
  forward.push(...current.sids);
  while (current.hasNextPage) {
    between();
    current = await page(kit, { first: size(), after: current.endCursor, filter });
    forward.push(...current.sids);
  }
  // Back from the last message of the list, which is not read again.
  const backward: string[] = [];
  let before = current.endCursor;
  for (let more = true; more; ) {
    between();
    const previous = await page(kit, { last: size(), before, filter });
    backward.unshift(...previous.sids);
    more = previous.hasPreviousPage;
    before = previous.startCursor;
  }
  return { forward, backward };
}

/** Expects each of the old messages exactly once, in order; new ones may appear among them. */
function expectEachOnce(seen: readonly string[], old: readonly string[]): void {
  const isOld = new Set(old);
  expect(seen.filter((sid) => isOld.has(sid))).toEqual(old);
  expect(new Set(seen).size).toBe(seen.length);
}

/** Adds messages, in turn as many as `counts` says, at most 40, so that the walk back catches up. */
function arrivals(kit: Kit, counts: readonly number[]): () => void {
  let turn = 0;
  let left = 40;
  return () => {
    for (let count = counts[turn++ % counts.length] ?? 0; count > 0 && left > 0; count -= 1) {
      kit.sandbox.addMessage('parent');
      left -= 1;
    }
  };
}

async function allSids(kit: Kit): Promise<string[]> {
  const sids: string[] = [];
  let after: string | null = null;
  do {
    const part: Page = await page(kit, { first: 1000, after });
    sids.push(...part.sids);
    after = part.hasNextPage ? part.endCursor : null;
  } while (after);
  return sids;
}

describe('walking through all messages', () => {
  test.each([[[1]], [[7]], [[50]], [[1000]], [[3, 50, 1, 20]]])(
    'forward and back again in pages of %j while new ones arrive',
    async (sizes) => {
      const kit = createKit({ sandbox: { messages: sizes.includes(1) && sizes.length === 1 ? 120 : 1500 } });
      const old = await allSids(kit);
      expect(old.length).toBeGreaterThan(100);
      const { forward, backward } = await walk(kit, sizes, arrivals(kit, [1]));
      expectEachOnce(forward, old);
      expectEachOnce(backward, old.slice(0, -1));
    },
  );

  test('with mixed page sizes, new messages and filters', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom({}, { direction: ['INBOUND'] }, { channel: ['SMS', 'MMS'], bodyContains: 'e' }),
        async (sizes, counts, filter) => {
          const kit = createKit({ sandbox: { messages: 90 } });
          const old = (await page(kit, { first: 1000, filter })).sids;
          const { forward, backward } = await walk(kit, sizes, arrivals(kit, counts), filter);
          expectEachOnce(forward, old);
          expectEachOnce(backward, old.slice(0, -1));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('does not skip messages next to a deleted one', async () => {
    const kit = createKit({ sandbox: { messages: 100 } });
    const old = await allSids(kit);
    const first = await page(kit, { first: 10 });
    // The message of the cursor and the next one are deleted when the walk continues in the middle of the page.
    const middle = await page(kit, { first: 4 });
    kit.sandbox.deleteMessage(first.sids[3] ?? '');
    kit.sandbox.deleteMessage(first.sids[4] ?? '');
    const next = await page(kit, { first: 10, after: middle.endCursor });
    expect(next.sids).toEqual(old.slice(5, 15));
  });

  test('continues after empty pages that have a next page', async () => {
    const kit = createKit({ sandbox: { messages: 200 } });
    const old = await allSids(kit);
    kit.sandbox.set({ emptyPageWithNext: true });
    const { forward } = await walk(kit, [30], () => {});
    expectEachOnce(forward, old);
  });

  test('requests smaller pages if Twilio fails at the requested size', async () => {
    const kit = createKit({ sandbox: { messages: 1200 } });
    const old = await allSids(kit);
    kit.sandbox.set({ failAbovePageSize: 100 });
    const { forward, backward } = await walk(kit, [1000], () => {});
    expectEachOnce(forward, old);
    expectEachOnce(backward, old.slice(0, -1));
  });
});

test('endCursor costs one call a page, and so does startCursor backwards', async () => {
  const kit = createKit({ sandbox: { messages: 300 } });
  let current = await page(kit, { first: 40 });
  for (let turn = 0; turn < 4; turn += 1) {
    kit.sandbox.clearCalls();
    current = await page(kit, { first: 40, after: current.endCursor });
    expect(kit.sandbox.calls).toHaveLength(1);
  }
  for (let turn = 0; turn < 3; turn += 1) {
    kit.sandbox.clearCalls();
    current = await page(kit, { last: 40, before: current.startCursor });
    expect(current.sids).toHaveLength(40);
    expect(kit.sandbox.calls).toHaveLength(1);
  }
});
