import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOpenRequests, type OpenRequestsOptions } from '../../../src/server/limits/open-requests.ts';

const TARGET = 20;

/** What is asked of a response here: whether it is closed. */
const response = () => new EventEmitter() as unknown as ServerResponse;

function opened(options: Partial<OpenRequestsOptions> = {}) {
  const turns = { waitMs: 0, standingMs: 0 };
  const open = createOpenRequests({
    max: 10,
    maxLateMs: TARGET,
    alwaysOpen: 2,
    longestMs: 60_000,
    turns,
    ...options,
  });
  onTestFinished(open.close);
  const enter = (count: number) => Array.from({ length: count }, () => open.enter(response())).at(-1);
  return { turns, open, enter };
}

describe('a line of requests', () => {
  test('that is empty: all are let in, up to the limit', () => {
    const { enter } = opened();
    expect(enter(10)).toBeUndefined();
    expect(enter(1)).toEqual({ limit: 10, actual: 11 });
  });

  test('of a burst may be ten times as long as one that stands', () => {
    const { turns, enter } = opened();
    enter(2);
    Object.assign(turns, { waitMs: 9.9 * TARGET, standingMs: 50 });
    expect(enter(1)).toBeUndefined();
    Object.assign(turns, { waitMs: 0.9 * TARGET, standingMs: 5_000 });
    expect(enter(1)).toBeUndefined();
    Object.assign(turns, { waitMs: 1.1 * TARGET, standingMs: 5_000 });
    expect(enter(1)).toEqual({ limit: 4, actual: 5 });
  });

  test('of too long a burst is refused at its end', () => {
    const { turns, enter } = opened();
    enter(2);
    Object.assign(turns, { waitMs: 10.1 * TARGET, standingMs: 50 });
    expect(enter(1)).toEqual({ limit: 2, actual: 3 });
  });

  test('that was empty for a moment after a refusal is no burst', () => {
    const { turns, enter } = opened();
    enter(2);
    Object.assign(turns, { waitMs: 1.1 * TARGET, standingMs: 5_000 });
    expect(enter(1)).toEqual({ limit: 2, actual: 3 });
    Object.assign(turns, { waitMs: 0, standingMs: 0 });
    expect(enter(1)).toBeUndefined();
    Object.assign(turns, { waitMs: 1.1 * TARGET, standingMs: 5 });
    expect(enter(1)).toEqual({ limit: 3, actual: 4 });
  });

  test('keeps a few from nothing, however long it is', () => {
    const { turns, enter } = opened({ alwaysOpen: 4 });
    Object.assign(turns, { waitMs: 60_000, standingMs: 60_000 });
    expect(enter(4)).toBeUndefined();
    expect(enter(1)).toEqual({ limit: 4, actual: 5 });
  });

  test('is not looked at with a target of 0', () => {
    const { turns, enter } = opened({ maxLateMs: 0 });
    Object.assign(turns, { waitMs: 60_000, standingMs: 60_000 });
    expect(enter(10)).toBeUndefined();
  });
});

test('an answer that is sent makes room', () => {
  const { open, enter } = opened({ max: 1 });
  const first = response();
  open.enter(first);
  expect(enter(1)).toEqual({ limit: 1, actual: 2 });
  first.emit('close');
  expect(open.count).toBe(0);
  expect(enter(1)).toBeUndefined();
});
