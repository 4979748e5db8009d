import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { at, DAY, EPOCH, orderedAt, sandboxKit, sidsOf } from './kit.ts';

const MIB = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('a million messages can be listed, filtered and fetched without being stored in memory', async () => {
  const before = heapInUse();
  const kit = sandboxKit({ messages: 1_000_000 });
  const { get, messages } = kit;

  const { body: first } = await get(`${messages}?PageSize=1000`);
  const { body: second } = await get(first.next_page_uri ?? '');
  expect(new Set(sidsOf([...first.messages, ...second.messages])).size).toBe(2000);
  expect(orderedAt(at(second.messages, 0))).toBeLessThanOrEqual(orderedAt(at(first.messages, -1)));

  const day = new Date(EPOCH - 300 * DAY).toISOString().slice(0, 10);
  const { body: old } = await get(`${messages}?DateSent=${day}&PageSize=10`);
  expect(old.messages.map(({ date_sent }) => new Date(date_sent ?? '').toISOString().slice(0, 10))).toEqual(
    Array(10).fill(day),
  );
  expect((await get<unknown>(at(old.messages, 0).uri)).body).toEqual(at(old.messages, 0));

  // An index of the persons finds them.
  expect((await get(`${messages}?From=%2B19005550199`)).body).toMatchObject({ messages: [] });
  const { to } = at(old.messages, 3);
  const { body: rare } = await get(`${messages}?To=${encodeURIComponent(to ?? '')}&PageSize=5`);
  expect(new Set(rare.messages.map((row) => row.to))).toEqual(new Set([to]));

  expect((heapInUse() - before) / MIB).toBeLessThan(64);
  // Keeps the sandbox alive during the measurement.
  expect(kit.sandbox.calls.length).toBe(6);
});
