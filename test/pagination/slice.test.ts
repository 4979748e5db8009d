import { describe, expect, test } from 'vitest';
import { readSlice } from '../../src/pagination/slice.ts';
import { TwilioError } from '../../src/twilio/errors.ts';
import { type Item, ListModel } from './list-model.ts';

async function readTo(model: ListModel, ...sizes: number[]): Promise<string> {
  let after: string | null = null;
  for (const first of sizes) after = (await model.read({ first, after })).end;
  return after ?? expect.fail('no cursor');
}

async function callsOf(model: ListModel, read: () => Promise<unknown>): Promise<number> {
  const before = model.calls;
  await read();
  return model.calls - before;
}

const everyThird = { accept: ({ rank }: Item) => rank % 3 === 0, selective: true };

describe('a slice', () => {
  test('of an empty list is empty', async () => {
    expect(await new ListModel(0).read({ first: 5, after: null })).toMatchObject({
      ranks: [],
      start: null,
      end: null,
      hasNextPage: false,
      hasPreviousPage: false,
      scanLimitReached: false,
    });
  });

  test('has no next page when it ends exactly at the end of the list', async () => {
    const model = new ListModel(10);
    const slice = await model.read({ first: 5, after: await readTo(model, 5) });
    expect(slice).toMatchObject({ ranks: [5, 4, 3, 2, 1], hasNextPage: false, hasPreviousPage: true });
  });

  test('costs one call, at the beginning and after a page', async () => {
    const model = new ListModel(30);
    let after: string | null = null;
    for (let page = 0; page < 3; page += 1) {
      const cursor = after;
      expect(
        await callsOf(model, async () => (after = (await model.read({ first: 10, after: cursor })).end)),
      ).toBe(1);
    }
    expect(await callsOf(model, () => model.read({ last: 5, before: after ?? '' }))).toBe(1);
  });

  test('back over pages of other sizes finds newer items although Twilio counts no page before', async () => {
    const model = new ListModel(40);
    const cursor = await readTo(model, 10, 10);
    const slice = await model.read({ last: 3, before: cursor });
    expect(slice).toMatchObject({ ranks: [24, 23, 22], hasPreviousPage: true, hasNextPage: true });
    const rest = await model.read({ last: 50, before: slice.start ?? '' });
    expect(rest.ranks).toEqual(Array.from({ length: 16 }, (_, index) => 40 - index));
    expect(rest.hasPreviousPage).toBe(false);
  });

  test('back works without previous_page_uri', async () => {
    const model = new ListModel(40, { previous: 'rejected' });
    const slice = await model.read({ last: 25, before: await readTo(model, 10, 10, 10) });
    expect(slice.ranks).toEqual(Array.from({ length: 25 }, (_, index) => 36 - index));
    expect(slice.hasPreviousPage).toBe(true);
  });

  test('whose item moved beyond the budget is rejected', async () => {
    const model = new ListModel(5);
    const after = await readTo(model, 3);
    const inPage = (await model.read({ first: 2, after: null })).start ?? '';
    model.insert(500);
    await expect(model.read({ first: 3, after: inPage }, 100)).rejects.toThrow(
      expect.objectContaining({ code: 'SCAN_LIMIT_REACHED' }),
    );
    expect((await model.read({ first: 3, after: inPage }, 1000)).ranks).toEqual([4, 3, 2]);
    expect((await model.read({ first: 3, after })).ranks).toEqual([2, 1]);
  });

  test('after a deleted item begins after the newer ones, across pages and items without a time', async () => {
    const model = new ListModel(9, { noTime: 4, maxItems: 3 });
    const cursor = (await model.read({ first: 3, after: null })).start ?? '';
    model.delete(9);
    model.insert(5);
    // Pages: 14, 13, 12 (no time); 11, 10, 8 (no time); 7, 6, 5; …
    expect((await model.read({ first: 3, after: cursor })).ranks).toEqual([8, 7, 6]);
  });

  test('forwards errors of a page, including 400 when reading forward', async () => {
    const model = new ListModel(30);
    const broken = (status: number) =>
      new TwilioError('no', { source: 'api', code: null, status, moreInfo: null, requestId: null });
    for (const status of [400, 503]) {
      const source = { ...model.source, fetchPage: () => Promise.reject(broken(status)) };
      const read = readSlice(source, { first: 5, after: null }, { ...everyThird, selective: false }, 100);
      await expect(read).rejects.toMatchObject({ status });
    }
  });
});

describe('a filtered slice', () => {
  const read = (model: ListModel, first: number, budget: number) =>
    readSlice(model.source, { first, after: null }, everyThird, budget);

  test('scans full pages', async () => {
    const model = new ListModel(2_500);
    expect(await callsOf(model, () => read(model, 50, 5_000))).toBe(1);
    const slice = await read(model, 500, 5_000);
    expect(slice.found).toHaveLength(500);
    expect(slice).toMatchObject({ scanned: 2_000, hasNextPage: true, scanLimitReached: false });
  });

  test('stops at its budget and continues from there', async () => {
    const model = new ListModel(1_000);
    const slice = await read(model, 200, 300);
    expect(slice).toMatchObject({ scanned: 300, hasNextPage: true, scanLimitReached: true });
    expect(slice.found).toHaveLength(100);
    if (!slice.end) return expect.fail('no end');
    const rest = await readSlice(model.source, { first: 1, after: slice.end }, everyThird, 300);
    expect(rest.found[0]?.item.rank).toBe(699);
  });

  test('without a match within the budget still has a next page', async () => {
    const model = new ListModel(1_000);
    const none = { accept: () => false, selective: true };
    const slice = await readSlice(model.source, { first: 5, after: null }, none, 300);
    expect(slice).toMatchObject({ found: [], hasNextPage: true, scanLimitReached: true });
    expect(slice.end).not.toBeNull();
  });

  test('ends an endless chain of empty pages', async () => {
    let calls = 0;
    const source = {
      ...new ListModel(0).source,
      fetchPage: async (name: { page: string; pageToken: string } | null, pageSize: number) => {
        calls += 1;
        return {
          items: [],
          name,
          pageSize,
          next: { page: String(calls), pageToken: `PA${calls}` },
          previous: null,
        };
      },
    };
    const plain = { accept: () => true, selective: false };
    const slice = await readSlice<Item>(source, { first: 5, after: null }, plain, 5_000);
    expect(calls).toBeLessThanOrEqual(101);
    expect(slice).toMatchObject({ found: [], hasNextPage: true, scanLimitReached: true });
  });
});
