import { expect, test } from 'vitest';
import { accounts } from '../../../src/twilio/resources/accounts.ts';
import { CallBudgetError } from '../../../src/twilio/transport/call-budget.ts';
import { singleFlight } from '../../../src/twilio/transport/single-flight.ts';
import type { ReadRequest, ReadResult, ReadScope } from '../../../src/twilio/types.ts';

const request = (path: string): ReadRequest => ({
  endpoint: accounts.read,
  params: {},
  path,
  accountSid: 'AC',
  ownAccount: true,
  largePage: false,
});

const result = (text: string): ReadResult => ({ text, json: text, origin: 'upstream', ttlMs: 0, ageMs: 0 });

/** Calls that the test ends. */
function calls() {
  const begun: { scope: ReadScope; end(value: string): void; fail(error: Error): void }[] = [];
  const transport = singleFlight(
    (_, scope) =>
      new Promise<ReadResult>((resolve, reject) => {
        begun.push({ scope, end: (value) => resolve(result(value)), fail: reject });
        scope.signal.addEventListener('abort', () => reject(scope.signal.reason));
      }),
  );
  const read = async (path: string, scope: ReadScope = never) => (await transport(request(path), scope)).text;
  return { begun, read, transport };
}

const never: ReadScope = new AbortController();

test('shares one call among concurrent reads of the same path; a later read makes a new call', async () => {
  const { begun, read } = calls();
  const all = [read('/a'), read('/a'), read('/b')];
  expect(begun).toHaveLength(2);
  begun[0]?.end('one');
  begun[1]?.end('two');
  expect(await Promise.all(all)).toEqual(['one', 'one', 'two']);
  const later = read('/a');
  expect(begun).toHaveLength(3);
  begun[2]?.end('three');
  expect(await later).toBe('three');
});

test('reports whether a read shared the call of another', async () => {
  const { begun, transport } = calls();
  const all = [transport(request('/a'), never), transport(request('/a'), never)];
  begun[0]?.end('one');
  expect((await Promise.all(all)).map(({ origin }) => origin)).toEqual(['upstream', 'shared']);
});

test('fails all waiting callers with one failure, without caching it', async () => {
  const { begun, read } = calls();
  const all = Promise.allSettled([read('/a'), read('/a')]);
  begun[0]?.fail(new Error('no'));
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = read('/a');
  begun[1]?.end('yes');
  expect(await next).toBe('yes');
});

test('keeps the call while a caller waits, and aborts it with the last one', async () => {
  const { begun, read } = calls();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = read('/a', one);
  const second = read('/a', two);
  one.abort(new Error('one left'));
  await expect(first).rejects.toThrow('one left');
  expect(begun[0]?.scope.signal.aborted).toBe(false);

  two.abort(new Error('two left'));
  await expect(second).rejects.toThrow('two left');
  expect(begun[0]?.scope.signal.aborted).toBe(true);
  const third = read('/a');
  expect(begun).toHaveLength(2);
  begun[1]?.end('new');
  expect(await third).toBe('new');
});

test('makes no call for a caller that was already aborted', async () => {
  const { begun, read } = calls();
  await expect(read('/a', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  expect(begun).toHaveLength(0);
});

test('gives the call the latest deadline of the waiting callers', async () => {
  const { begun, read } = calls();
  const { signal } = never;
  const first = read('/a', { signal, deadline: 5 });
  expect(begun[0]?.scope.deadline).toBe(5);
  const others = [9, 7].map((deadline) => read('/a', { signal, deadline }));
  expect(begun[0]?.scope.deadline).toBe(9);
  begun[0]?.end('one');
  await Promise.all([first, ...others]);
});

test('fails only the caller whose budget is spent; the next one makes the call', async () => {
  let left = 0;
  const transport = singleFlight(() => {
    if (left === 0) throw new CallBudgetError(1);
    return Promise.resolve(result('yes'));
  });
  const spent = new Promise((resolve) => resolve(transport(request('/a'), never)));
  left = 1;
  const other = transport(request('/a'), never);
  await expect(spent).rejects.toThrow(CallBudgetError);
  expect((await other).text).toBe('yes');
});

test('a call has the flow of the reader that began it, in whose turn its response is processed', () => {
  const { begun, read } = calls();
  void read('/a', { ...never, signal: never.signal, flow: 'key:1' });
  expect(begun[0]?.scope.flow).toBe('key:1');
  begun[0]?.end('a');
});
