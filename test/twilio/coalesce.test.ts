import { expect, test } from 'vitest';
import { createCoalesce, type Waiter } from '../../src/twilio/coalesce.ts';

/** Calls that end only when told. */
function calls() {
  const begun: { signal: AbortSignal; end(value: string): void; fail(error: Error): void }[] = [];
  const start = ({ signal }: Waiter) =>
    new Promise<string>((resolve, reject) => {
      begun.push({ signal, end: resolve, fail: reject });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { begun, start };
}

const never = new AbortController();

test('who asks for the same at the same time shares one call; the next asks anew', async () => {
  const coalesce = createCoalesce();
  const { begun, start } = calls();
  const all = [coalesce('a', never, start), coalesce('a', never, start), coalesce('b', never, start)];
  expect(begun).toHaveLength(2);
  begun[0]?.end('one');
  begun[1]?.end('two');
  expect(await Promise.all(all)).toEqual(['one', 'one', 'two']);
  const later = coalesce('a', never, start);
  expect(begun).toHaveLength(3);
  begun[2]?.end('three');
  expect(await later).toBe('three');
});

test("a failure is everyone's, and is not kept", async () => {
  const coalesce = createCoalesce();
  const { begun, start } = calls();
  const all = Promise.allSettled([coalesce('a', never, start), coalesce('a', never, start)]);
  begun[0]?.fail(new Error('no'));
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = coalesce('a', never, start);
  begun[1]?.end('yes');
  expect(await next).toBe('yes');
});

test('one who goes away takes only itself out; the last one takes the call with it', async () => {
  const coalesce = createCoalesce();
  const { begun, start } = calls();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = coalesce('a', one, start);
  const second = coalesce('a', two, start);
  one.abort(new Error('one left'));
  await expect(first).rejects.toThrow('one left');
  expect(begun[0]?.signal.aborted).toBe(false);

  two.abort(new Error('two left'));
  await expect(second).rejects.toThrow('two left');
  expect(begun[0]?.signal.aborted).toBe(true);
  const third = coalesce('a', never, start);
  expect(begun).toHaveLength(2);
  begun[1]?.end('fresh');
  expect(await third).toBe('fresh');
});

test('one who has gone already begins nothing', async () => {
  const { begun, start } = calls();
  const gone = { signal: AbortSignal.abort(new Error('gone')) };
  await expect(createCoalesce()('a', gone, start)).rejects.toThrow('gone');
  expect(begun).toHaveLength(0);
});

test('a call is given as long as the most patient of those who wait for it', async () => {
  const coalesce = createCoalesce();
  let call: Waiter | undefined;
  const start = async (flight: Waiter) => {
    call = flight;
  };
  const first = coalesce('a', { signal: never.signal, deadline: 5 }, start);
  expect(call?.deadline).toBe(5);
  const others = [9, 7].map((deadline) => coalesce('a', { signal: never.signal, deadline }, start));
  expect(call?.deadline).toBe(9);
  await Promise.all([first, ...others]);
});
