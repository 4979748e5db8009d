import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { createKit } from '../kit.ts';

const QUERY = '{ account { sid } }';

test('the deadline counts from the arrival of a request, not from its authentication', async () => {
  const over = createSandbox({ messages: 0 });
  const fixed = createFixedStore([...over.apps]);
  let waitMs = 0;
  const store = {
    ...fixed,
    async hasHadAdminKey() {
      await sleep(waitMs);
      return fixed.hasHadAdminKey();
    },
  };
  let time = Date.now();
  const kit = createKit({ over, store, now: () => time, config: { requestTimeoutMs: 1_500 } });
  const send = async (query = QUERY) =>
    (await kit.query(query)).errors?.map(({ extensions }) => extensions.code);
  for (let times = 0; times < 5; times += 1) expect(await send()).toBeUndefined();
  // Whether the gateway is open is read again after a while; the store is slow, and then Twilio is.
  waitMs = 1_200;
  over.set({ latencyMs: 1_000 });
  for (const query of [QUERY, `${QUERY} `]) {
    time += 2_000;
    expect(await send(query)).toEqual(['REQUEST_TIMEOUT']);
  }
});
