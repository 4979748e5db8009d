import { expect } from 'vitest';
import { heapHeld } from '../heap.ts';

/** What ever other requests may leave behind: caches that are not full yet, and what V8 knows of the code. */
const SLACK_MIB = 20;

/** Searches twice, and sees that the second time leaves no more in memory than the first. */
export async function searchTwice(search: () => Promise<void>): Promise<void> {
  await search();
  const before = await heapHeld();
  await search();
  expect((await heapHeld()) - before).toBeLessThan(SLACK_MIB);
}
