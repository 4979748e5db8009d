import { expect, test } from 'vitest';
import { type Paging, toSliceRequest } from '../../src/loaders/list-reader.ts';

const POSITION = {
  page: null,
  pageSize: 1,
  offset: 1,
  sid: null,
  time: null,
  anchors: [],
  next: null,
  previous: null,
};
const read = (paging: Paging) => toSliceRequest(paging, () => POSITION);

test.each<[Paging, object]>([
  [{}, { first: 50, after: null }],
  [
    { first: null, after: null, last: null, before: null },
    { first: 50, after: null },
  ],
  [{ first: 1 }, { first: 1, after: null }],
  [{ first: 1000 }, { first: 1000, after: null }],
  [{ after: 'x' }, { first: 50, after: POSITION }],
  [{ before: 'x' }, { last: 50, before: POSITION }],
  [
    { last: 7, before: 'x' },
    { last: 7, before: POSITION },
  ],
])('%j is a slice', (paging, expected) => {
  expect(read(paging)).toEqual(expected);
});

test.each<[Paging, string]>([
  [{ first: 0 }, 'first'],
  [{ first: -1 }, 'first'],
  [{ first: 1001 }, 'first'],
  [{ last: 0, before: 'x' }, 'last'],
  [{ last: 1001, before: 'x' }, 'last'],
  [{ last: 5 }, 'last'],
  [{ first: 5, last: 5 }, 'last'],
  [{ first: 5, before: 'x' }, 'before'],
  [{ after: 'x', before: 'x' }, 'before'],
  [{ after: 'x', last: 5 }, 'last'],
])('%j is rejected because of %s', (paging, argument) => {
  expect(() => read(paging)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(() => read(paging)).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argument } }),
  );
});

test('names the argument of an invalid cursor', () => {
  const seen: string[] = [];
  const decode = (cursor: string, argument: string) => {
    seen.push(`${argument}=${cursor}`);
    return POSITION;
  };
  toSliceRequest({ after: 'a' }, decode);
  toSliceRequest({ before: 'b' }, decode);
  expect(seen).toEqual(['after=a', 'before=b']);
});
