import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefresher } from '../../src/store/refresher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a failed refresh is retried until it succeeds, and logged once', async () => {
  const said: string[] = [];
  const note = (_fields: unknown, text?: string) => said.push(text ?? String(_fields));
  let failures = 3;
  let refreshed = 0;
  const refresher = createRefresher({
    async refresh() {
      failures -= 1;
      if (failures >= 0) throw new Error('away');
    },
    log: { info: note, warn: note },
  });
  refresher.onRefreshed(() => {
    refreshed += 1;
  });
  await refresher.refresh();
  expect(refreshed).toBe(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(refreshed).toBe(1);
  expect(failures).toBe(-1);
  expect(said).toEqual([
    'credential store unavailable; serving cached data',
    'credential store available again',
  ]);
});

test('refreshes run one at a time; concurrent callers share the next one', async () => {
  let running = 0;
  let readings = 0;
  const refresher = createRefresher({
    async refresh() {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      readings += 1;
      running -= 1;
    },
    log: undefined,
  });
  const first = refresher.refresh().then(() => readings);
  const later = [refresher.refresh(), refresher.refresh(), refresher.settled()].map((asked) =>
    asked.then(() => readings),
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await first).toBe(1);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});

test('close ends the retries', async () => {
  let readings = 0;
  const refresher = createRefresher({
    async refresh() {
      readings += 1;
      throw new Error('away');
    },
    log: undefined,
  });
  await refresher.refresh();
  refresher.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(readings).toBe(1);
});
