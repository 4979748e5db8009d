import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { CACHE, createKit, noErrors } from '../kit.ts';

const capped = (maxUpstreamCalls: number) =>
  createKit({ config: { limits: { ...DEFAULT_LIMITS, maxUpstreamCalls } } });

const sidsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `SM${String(index).padStart(32, '0')}`);
const aliases = (sids: readonly string[], name = 'a', args = '') =>
  sids.map((sid, index) => `${name}${index}: message(sid: "${sid}"${args}) { sid }`).join(' ');

describe('the call budget per operation and credential', () => {
  test('fields beyond it are null with an error each, and the others are unaffected', async () => {
    const kit = capped(4);
    for (let index = 0; index < 6; index += 1) kit.sandbox.addMessage('parent', { num_media: '1' });
    const { data, errors, calls } = await kit.countCalls(
      '{ messages(first: 6) { nodes { sid media { sid } } } }',
    );
    expect(calls).toHaveLength(4);
    expect(data.messages.nodes.map(({ media }: { media: unknown }) => media !== null)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(errors?.map(({ path }) => path)).toEqual(
      [3, 4, 5].map((index) => ['messages', 'nodes', index, 'media']),
    );
    expect(errors?.[0]?.extensions).toEqual({
      code: 'UPSTREAM_CALL_LIMIT',
      credential: 'sandbox',
      limit: 4,
      actual: 5,
    });
  });

  test('is exact for concurrent reads', async () => {
    const kit = capped(10);
    const { errors, calls } = await kit.countCalls(`{ ${aliases(sidsOf(30))} }`);
    expect(calls).toHaveLength(10);
    expect(errors).toHaveLength(20);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['UPSTREAM_CALL_LIMIT']),
    );
  });

  test('is separate for each credential and operation', async () => {
    const kit = capped(3);
    const { active } = kit.sandbox.accounts;
    const other = `, accountSid: "${active.sid}"`;
    const query = `{ ${aliases(sidsOf(3))} ${aliases(sidsOf(3), 'b', other)} }`;
    for (let times = 0; times < 2; times += 1) {
      expect(noErrors(await kit.countCalls(query)).calls).toHaveLength(6);
    }
  });

  test('ends a scan and a seek', async () => {
    const kit = createKit({
      sandbox: { messages: 3_500 },
      config: { limits: { ...DEFAULT_LIMITS, maxUpstreamCalls: 2 } },
    });
    const scan = await kit.countCalls('{ messages(first: 5, filter: { errorCode: [1] }) { nodes { sid } } }');
    expect([scan.data, scan.calls.length]).toEqual([{ messages: null }, 2]);
    expect(scan.errors?.[0]?.extensions.code).toBe('UPSTREAM_CALL_LIMIT');
  });

  test('does not count reads without a call', async () => {
    const config = {
      limits: { ...DEFAULT_LIMITS, maxUpstreamCalls: 1 },
      cache: CACHE,
    };
    const kit = createKit({ config });
    // The second read is cached.
    for (const name of ['A', 'B']) noErrors(await kit.query(`query ${name} { account { sid } }`));
    noErrors(await kit.countCalls('{ account { sid } messages(first: 1) { nodes { sid } } }'));
  });

  test('does not stop a started read, which another request may share', async () => {
    const kit = capped(1);
    // The first call fails because of its size, the second returns the page.
    kit.sandbox.set({ failAbovePageSize: 600, latencyMs: 20 });
    const send = () => kit.query('{ messages(first: 1000) { pageInfo { hasNextPage } } }');
    for (const response of await Promise.all([send(), send()])) {
      expect(noErrors(response).data.messages.pageInfo).toEqual({ hasNextPage: false });
    }
  });
});
