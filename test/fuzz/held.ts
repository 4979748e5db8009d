import { expect } from 'vitest';
import { heapHeld } from '../heap.ts';

/** Memory that further requests may take: caches that are not full yet, and V8's compiled code. */
const SLACK_MIB = 20;

/** Runs a search twice, and checks that the second run leaves no more memory in use than the first. */
export async function searchTwice(search: () => Promise<void>): Promise<void> {
  await search();
  const before = await heapHeld();
  await search();
  expect((await heapHeld()) - before).toBeLessThan(SLACK_MIB);
}
