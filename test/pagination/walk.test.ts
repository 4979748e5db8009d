import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ListModel, type Quirks } from './list-model.ts';

interface Event {
  insert: number;
  /** Relative position of the item to delete, from 0 to 1; null deletes none. */
  delete: number | null;
}

function apply(model: ListModel, event: Event | undefined): void {
  if (event?.delete != null) {
    const item = model.items[Math.floor(event.delete * model.items.length)];
    if (item) model.delete(item.rank);
  }
  model.insert(event?.insert ?? 0);
}

const pick = <T>(list: readonly T[], index: number) => list[index % list.length];

/** Reads forward to the end of the list, slice by slice. */
async function walkForward(model: ListModel, counts: number[], events: Event[]) {
  const ranks: number[] = [];
  let last: string | null = null;
  for (let index = 0, after: string | null = null; index < 500; index += 1) {
    const slice = await model.read({ first: pick(counts, index) ?? 1, after });
    ranks.push(...slice.ranks);
    last = slice.end ?? last;
    if (!slice.hasNextPage) return { ranks, last };
    expect(slice.end).not.toBeNull();
    after = slice.end;
    if (index < 8) apply(model, pick(events, index));
  }
  throw new Error('endless list');
}

/** Reads back to the newest item, slice by slice, and verifies the final hasPreviousPage. */
async function walkBack(model: ListModel, from: string, counts: number[], events: Event[]) {
  const ranks: number[] = [];
  for (let index = 0, before = from; index < 500; index += 1) {
    const slice = await model.read({ last: pick(counts, index) ?? 1, before });
    ranks.unshift(...slice.ranks);
    if (!slice.hasPreviousPage) {
      const newest = ranks[0] ?? Number.POSITIVE_INFINITY;
      expect(model.items.filter(({ rank }) => rank > newest)).toEqual([]);
      return ranks;
    }
    before = slice.start ?? before;
    // Limited, because a list that grows as fast as it is read has no reachable beginning.
    if (index < 8) apply(model, pick(events, index));
  }
  throw new Error('list without a beginning');
}

interface Walk {
  list: Partial<Quirks>;
  total: number;
  counts: number[];
  events: Event[];
}

async function walkBothWays({ list, total, counts, events }: Walk) {
  const model = new ListModel(total, list);
  const ranksNow = () => model.items.map(({ rank }) => rank);
  const old = ranksNow();
  const { ranks: forward, last } = await walkForward(model, counts, events);
  const kept = new Set(ranksNow());
  const there = ranksNow();
  const end = forward.at(-1) ?? 0;
  const backward = last === null ? [] : await walkBack(model, last, counts.toReversed(), events);
  const left = new Set(ranksNow());
  return {
    forward,
    backward,
    /** Ranks that existed during the whole forward walk, which it must have read. */
    wanted: old.filter((rank) => kept.has(rank)),
    /** The same for the backward walk. */
    wantedBack: last === null ? [] : there.filter((rank) => rank > end && left.has(rank)),
  };
}

/** Each item once and in order; the forward walk excludes new items. */
async function readsEachOnce(walk: Walk) {
  const { forward, backward, wanted, wantedBack } = await walkBothWays(walk);
  const inOrder = (ranks: number[]) => [...new Set(ranks)].sort((a, b) => b - a);
  expect(forward).toEqual(inOrder(forward));
  expect(forward.filter((rank) => rank > walk.total)).toEqual([]);
  expect(wanted.filter((rank) => !forward.includes(rank))).toEqual([]);
  expect(backward).toEqual(inOrder(backward));
  expect(wantedBack.filter((rank) => !backward.includes(rank))).toEqual([]);
}

/**
 * When neither neighbours nor times give the position of a deleted item, some items may be repeated, but none is
 * skipped. This holds for reading forward; reading back from such an item may begin too late.
 */
async function skipsNone({ list, total, counts, events }: Walk) {
  const model = new ListModel(total, list);
  const old = model.items.map(({ rank }) => rank);
  const { ranks } = await walkForward(model, counts, events);
  const kept = new Set(model.items.map(({ rank }) => rank));
  expect(old.filter((rank) => kept.has(rank) && !ranks.includes(rank))).toEqual([]);
}

const quirks = {
  perSecond: fc.constant(1),
  previous: fc.constantFrom('works' as const, 'rejected' as const, 'empty' as const),
  maxItems: fc.constantFrom(0, 0, 3),
  fixedPageSize: fc.boolean(),
};
const insert = fc.nat(6);
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const arrivals = fc.record({ insert, delete: fc.constant(null) });
const changes = fc.record({ insert, delete: fc.option(share) });

const walks = (list: { [K in keyof Quirks]?: fc.Arbitrary<Quirks[K]> }, events: fc.Arbitrary<Event>) =>
  fc.record<Walk>({
    list: fc.record({ ...quirks, ...list }),
    total: fc.integer({ min: 0, max: 40 }),
    counts: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
    events: fc.array(events, { minLength: 1, maxLength: 4 }),
  });

const check = (arbitrary: fc.Arbitrary<Walk>, property: (walk: Walk) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: 200 });

describe('a walk to the end and back reads each item once', () => {
  test('while items arrive', () => check(walks({}, arrivals), readsEachOnce));

  test('while items arrive and are deleted', () => check(walks({}, changes), readsEachOnce));

  test('with many items in the same second', () =>
    check(walks({ perSecond: fc.constantFrom(3, 50) }, arrivals), readsEachOnce));

  test('with items without a time', () =>
    check(walks({ noTime: fc.constantFrom(1, 2) }, arrivals), readsEachOnce));

  test('with empty pages in between', () =>
    check(walks({ emptyPages: fc.constant(true) }, arrivals), readsEachOnce));

  test('with empty pages in between, while items are deleted', () =>
    check(walks({ emptyPages: fc.constant(true) }, changes), readsEachOnce));
});

describe('a walk to the end skips no item', () => {
  test('when items are deleted among others of the same second', () =>
    check(walks({ perSecond: fc.constantFrom(3, 50) }, changes), skipsNone));

  test('when items without a time are deleted', () =>
    check(walks({ noTime: fc.constantFrom(1, 2) }, changes), skipsNone));
});
