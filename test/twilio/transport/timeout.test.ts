import { expect, test } from 'vitest';
import { TwilioError } from '../../../src/twilio/errors.ts';
import { timeout } from '../../../src/twilio/transport/timeout.ts';
import type { ReadRequest, Transport } from '../../../src/twilio/types.ts';
import { failureOf } from '../kit.ts';

const hanging: Transport = (_, { signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

const LATE = new Error('the deadline has passed');

/** Runs an attempt that hangs until its request is aborted, so many milliseconds before the deadline. */
async function abortedBefore(milliseconds: number): Promise<unknown> {
  const controller = new AbortController();
  const attempt = timeout(hanging, { timeoutMs: 10_000, silenceMs: 0 });
  const scope = { signal: controller.signal, deadline: performance.now() + milliseconds };
  const failure = failureOf(attempt({} as ReadRequest, scope));
  controller.abort(LATE);
  return failure;
}

test("is Twilio's failure where the deadline's timer fires a little early", async () => {
  expect(await abortedBefore(0.9)).toBeInstanceOf(TwilioError);
});

test('is none where the client goes away before the deadline', async () => {
  expect(await abortedBefore(1_000)).toBe(LATE);
});
