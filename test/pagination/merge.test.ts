import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MergeRequest, readMerged } from '../../src/pagination/merge.ts';
import type { MergePosition } from '../../src/pagination/merge-position.ts';
import { type Item, ListModel, type Quirks } from './list-model.ts';

const LISTS = 6;

interface Plan {
  quirks: Partial<Quirks>;
  /** The list of each item, oldest first. */
  items: number[];
  counts: number[];
  /** The lists of items that arrive after each slice. */
  arrivals: number[][];
}

const plans = (maxItems: number): fc.Arbitrary<Plan> =>
  fc.record({
    quirks: fc.record({
      perSecond: fc.constantFrom(1, 2, 5),
      previous: fc.constantFrom('works' as const, 'rejected' as const),
      emptyPages: fc.boolean(),
      maxItems: fc.constantFrom(0, 3),
    }),
    // Later lists have fewer items.
    items: fc.array(
      fc.integer({ min: 0, max: LISTS * 3 - 1 }).map((n) => Math.min(n % LISTS, n % 4)),
      { maxLength: maxItems },
    ),
    counts: fc.array(fc.constantFrom(1, 2, 7, 50, 1000), { minLength: 1, maxLength: 4 }),
    arrivals: fc.array(fc.array(fc.integer({ min: 0, max: LISTS - 1 }), { maxLength: 5 }), { maxLength: 4 }),
  });

/** Several lists whose items share one order. */
class MergeModel {
  readonly lists: ListModel[];
  #newest = 0;

  constructor(quirks: Partial<Quirks>) {
    this.lists = Array.from({ length: LISTS }, () => new ListModel(0, quirks));
  }

  add(items: readonly number[]): void {
    for (const list of items) {
      this.#newest += 1;
      this.lists[list]?.add(this.#newest);
    }
  }

  timeOf(rank: number): number {
    return this.lists.flatMap(({ items }) => items).find((item) => item.rank === rank)?.time ?? 0;
  }

  get calls(): number[] {
    return this.lists.map(({ calls }) => calls);
  }

  read(request: MergeRequest, selective = false, accept = (_: Item) => true, budget = 5000) {
    const lists = this.lists.map(({ source }) => ({ source, accept }));
    return readMerged(lists, copy(request), { timeOf: ({ time }) => time ?? 0, selective, budget });
  }

  /** All items in the order of the merge. */
  ranks(): number[] {
    const all = this.lists.flatMap(({ items }, list) =>
      items.map((item, place) => ({ ...item, list, place })),
    );
    return all
      .sort((a, b) => (b.time ?? 0) - (a.time ?? 0) || a.list - b.list || a.place - b.place)
      .map(({ rank }) => rank);
  }
}

/** As a cursor does: nothing but JSON survives. */
const copy = (request: MergeRequest) => JSON.parse(JSON.stringify(request)) as MergeRequest;
const pick = <T>(list: readonly T[], index: number) => list[index % list.length];

async function walkForward(model: MergeModel, { counts, arrivals }: Plan) {
  const ranks: number[] = [];
  let after: MergePosition | null = null;
  for (let index = 0; index < 2000; index += 1) {
    const slice = await model.read({ first: pick(counts, index) ?? 1, after });
    ranks.push(...slice.found.map(({ item }) => item.rank));
    after = slice.end;
    if (!slice.hasNextPage) return { ranks, end: after };
    model.add(arrivals[index] ?? []);
  }
  throw new Error('endless merge');
}

async function walkBack(model: MergeModel, from: MergePosition, { counts, arrivals }: Plan) {
  const ranks: number[] = [];
  for (let index = 0, before = from; index < 2000; index += 1) {
    const slice = await model.read({ last: pick(counts, index) ?? 1, before });
    ranks.unshift(...slice.found.map(({ item }) => item.rank));
    if (!slice.hasPreviousPage) return ranks;
    before = slice.start ?? before;
    model.add(arrivals[index] ?? []);
  }
  throw new Error('merge without a beginning');
}

describe('a merge of lists', () => {
  test('forward, page by page, equals the sorted items, while items arrive', async () => {
    await fc.assert(
      fc.asyncProperty(plans(120), async (plan) => {
        const model = new MergeModel(plan.quirks);
        model.add(plan.items);
        const expected = model.ranks();
        const { ranks } = await walkForward(model, plan);
        expect(ranks.filter((rank) => rank <= plan.items.length)).toEqual(expected);
        // What arrives precedes all that was there, or is of the same second.
        const newest = model.timeOf(plan.items.length);
        expect(ranks.filter((rank) => model.timeOf(rank) > newest)).toEqual([]);
        expect(new Set(ranks).size).toBe(ranks.length);
      }),
      { numRuns: 300 },
    );
  });

  test('backward, page by page, ends with every item that precedes, and what has arrived', async () => {
    await fc.assert(
      fc.asyncProperty(plans(120), async (plan) => {
        const model = new MergeModel(plan.quirks);
        model.add(plan.items);
        const { end } = await walkForward(model, { ...plan, arrivals: [] });
        if (!end) return;
        const last = model.ranks().at(-1) ?? 0;
        const preceding = () => model.ranks().slice(0, model.ranks().indexOf(last));
        expect(await walkBack(model, end, { ...plan, arrivals: [] })).toEqual(preceding());
        model.add([0, 3, 5, 5]);
        expect(await walkBack(model, end, { ...plan, arrivals: [] })).toEqual(preceding());
        const ranks = await walkBack(model, end, plan);
        expect(ranks.filter((rank) => rank <= plan.items.length)).toEqual(
          preceding().filter((rank) => rank <= plan.items.length),
        );
        expect(new Set(ranks).size).toBe(ranks.length);
      }),
      { numRuns: 300 },
    );
  });

  test('continues forward and backward from the cursor of any item', async () => {
    await fc.assert(
      fc.asyncProperty(plans(60), fc.nat(), async (plan, at) => {
        const model = new MergeModel(plan.quirks);
        model.add(plan.items);
        const all = await model.read({ first: 1000, after: null });
        const expected = model.ranks();
        if (all.found.length === 0) return;
        const index = at % all.found.length;
        const position = all.positionAt(index);
        const older = await model.read({ first: 1000, after: position });
        expect(older.found.map(({ item }) => item.rank)).toEqual(expected.slice(index + 1));
        const newer = await model.read({ last: 7, before: position });
        expect(newer.found.map(({ item }) => item.rank)).toEqual(
          expected.slice(Math.max(0, index - 7), index),
        );
        if (newer.found.length === 0) return;
        // And from the cursors of a slice that was read backward.
        const inside = newer.positionAt(0);
        const again = await model.read({ first: 1000, after: inside });
        expect(again.found.map(({ item }) => item.rank)).toEqual(expected.slice(Math.max(0, index - 7) + 1));
        const before = await model.read({ last: 1000, before: inside });
        expect(before.found.map(({ item }) => item.rank)).toEqual(expected.slice(0, Math.max(0, index - 7)));
      }),
      { numRuns: 300 },
    );
  });

  test('with a filter and a budget, in either direction, finds the same', async () => {
    await fc.assert(
      fc.asyncProperty(plans(120), fc.integer({ min: 2, max: 9 }), async (plan, every) => {
        const model = new MergeModel(plan.quirks);
        model.add(plan.items);
        const accept = ({ rank }: Item) => rank % every === 0;
        const expected = model.ranks().filter((rank) => rank % every === 0);
        const ranks: number[] = [];
        let after: MergePosition | null = null;
        for (let index = 0; ; index += 1) {
          expect(index).toBeLessThan(500);
          const slice = await model.read({ first: 7, after }, true, accept, 20);
          ranks.push(...slice.found.map(({ item }) => item.rank));
          after = slice.end;
          if (!slice.hasNextPage) break;
        }
        expect(ranks).toEqual(expected);
        if (!after) return;
        const back: number[] = [];
        for (let index = 0, before: MergePosition = after; ; index += 1) {
          expect(index).toBeLessThan(500);
          const slice = await model.read({ last: 7, before }, true, accept, 20);
          back.unshift(...slice.found.map(({ item }) => item.rank));
          if (!slice.hasPreviousPage) break;
          before = slice.start ?? before;
        }
        const complete = [...expected.slice(0, -1)];
        expect(back.filter((rank) => rank !== expected.at(-1))).toEqual(complete);
      }),
      { numRuns: 200 },
    );
  });

  test('asks each list once for a slice, and a list that has ended not again', async () => {
    const model = new MergeModel({});
    model.add(Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 1 : i < 20 ? 2 : 0)));
    let after: MergePosition | null = null;
    let calls = model.calls;
    for (let index = 0; index < 6; index += 1) {
      const slice = await model.read({ first: 50, after });
      const made = model.calls.map((count, list) => count - (calls[list] ?? 0));
      expect(Math.max(...made)).toBe(1);
      if (index > 0) expect(made.slice(3)).toEqual([0, 0, 0]);
      calls = model.calls;
      after = slice.end;
    }
  });

  test('a list that cannot be read is reported, and continues when it can be', async () => {
    const model = new MergeModel({});
    model.add(Array.from({ length: 100 }, (_, i) => i % 4));
    const broken = model.lists[2]?.source as { fetchPage: unknown };
    const { fetchPage } = broken;
    broken.fetchPage = () => Promise.reject(new Error('no'));
    const slice = await model.read({ first: 20, after: null });
    expect([...slice.failures.keys()]).toEqual([2]);
    expect(slice.found.some(({ list }) => list === 2)).toBe(false);
    broken.fetchPage = fetchPage;
    const rest = await model.read({ first: 1000, after: slice.end });
    expect(rest.found).toHaveLength(80);
    expect(rest.failures.size).toBe(0);
  });
});
