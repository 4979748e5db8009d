import { describe, expect, test } from 'vitest';
import { type AdaptiveLimit, createAdaptiveLimit } from '../../../src/server/limits/adaptive-limit.ts';

const MAX = 200;
const TARGET = 10;
/** So many are always let in. */
const LEAST = 8;

/** Looks at a gateway that is asked for more than it may let in; each request costs so much of a turn. */
function fill(limit: AdaptiveLimit, looks: number, msPerRequest: number): number {
  for (let look = 0; look < looks; look += 1) {
    limit.refused();
    limit.observe(limit.limit * msPerRequest, limit.limit);
  }
  return limit.limit;
}

describe('a loop that is on time', () => {
  test('lets in as many as ever, however many only wait', () => {
    const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
    for (let look = 0; look < 1_000; look += 1) limit.observe(TARGET, MAX);
    expect(limit.limit).toBe(MAX);
  });

  test('and is late now and then, by a collection, too', () => {
    const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
    for (let look = 0; look < 1_000; look += 1) limit.observe(look % 5 === 0 ? 90 : 0, MAX);
    expect(limit.limit).toBe(MAX);
  });
});

describe('a loop that is late each time', () => {
  test.each([0.1, 0.2, 0.5])('lets in so many that it no longer is: %f ms each', (msPerRequest) => {
    const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
    const least = (0.4 * TARGET) / msPerRequest;
    fill(limit, 200, msPerRequest);
    // It goes on trying one more, so that one look says little.
    for (let look = 0; look < 50; look += 1) {
      expect(fill(limit, 1, msPerRequest)).toBeGreaterThanOrEqual(Math.floor(least));
      expect(limit.limit).toBeLessThanOrEqual((1.5 * TARGET) / msPerRequest);
    }
  });

  test('by very much is believed at the second look', () => {
    const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
    limit.observe(400, MAX);
    expect(limit.limit).toBe(MAX);
    limit.observe(400, MAX);
    expect(limit.limit).toBe(MAX / 2);
  });

  test('comes down from what is under way, not from what might be', () => {
    const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
    for (let look = 0; look < 5; look += 1) limit.observe(12, 30);
    expect(limit.limit).toBe(25);
  });

  test('whatever the reason, lets a few in', () => {
    expect(fill(createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST }), 1_000, 500)).toBe(LEAST);
    expect(fill(createAdaptiveLimit({ max: 2, targetMs: TARGET, least: LEAST }), 1_000, 500)).toBe(2);
  });
});

test('what came down goes up again while there are more who want in, and not above the most', () => {
  const limit = createAdaptiveLimit({ max: MAX, targetMs: TARGET, least: LEAST });
  expect(fill(limit, 1_000, 500)).toBe(LEAST);
  for (let look = 0; look < 100; look += 1) limit.observe(0, LEAST);
  expect(limit.limit).toBe(LEAST);
  // A second of looks.
  expect(fill(limit, 200, 0)).toBe(MAX);
});
