import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchange } from '../hostile/raw-http.ts';
import { hostileHeaders } from '../hostile/requests/headers.ts';
import { writeRequest } from '../hostile/requests/write.ts';
import { listening } from '../http/kit.ts';
import { createDice } from './dice.ts';
import { searchTwice } from './held.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';

const QUERY = '{ viewer { name } account { sid } messages(first: 2) { nodes { sid } } }';
const NAMES = [
  ...['X-Twilio-Credential', 'Cache-Control', 'X-Request-Id', 'Accept', 'Accept-Encoding', 'Content-Type'],
  ...['Authorization', 'Origin', 'Host', 'Cookie', 'X-Query-Cost', 'traceparent', 'X-Any'],
];
/** Bytes that no client library sends. */
const bytes = fc.uint8Array({ maxLength: 40 }).map((one) => Buffer.from(one).toString('latin1'));

test('headers with arbitrary bytes may change the credential, but never the result', {
  timeout: within(60_000),
}, async () => {
  const kit = await listening();
  const port = Number(new URL(kit.url).port);
  const accounts = kit.sandbox.apps.map(({ accountSid }) => accountSid);
  const responses = new Map<string, string>();
  for (const [index, name] of ['sandbox', 'sandbox-subaccount'].entries()) {
    const good = await kit.post({ query: QUERY }, { 'x-twilio-credential': name });
    responses.set(accounts[index] ?? '', await good.text());
  }
  const statuses = new Map<number, number>();
  const world = { nickname: ['sandbox', 'sandbox-subaccount'] };

  const search = () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.dictionary(fc.constantFrom(...NAMES), bytes, { maxKeys: 2 }),
        fc.boolean(),
        async (seed, random, listed) => {
          const headers = listed ? hostileHeaders(createDice(seed), world) : random;
          const sent = writeRequest({ body: JSON.stringify({ query: QUERY }), headers });
          const { responses: got, end } = await exchange(port, { pieces: [sent], responses: 1 });
          const asked = JSON.stringify(headers);
          expect(end, asked).not.toBe('hung');
          expect(got, asked).toHaveLength(1);
          for (const { status, body } of got) {
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            expect(faultsOf({ status, text: body }, sent.toString()), asked).toEqual([]);
            if (status !== 200 || !body.startsWith('{"data":{')) continue;
            const { data, errors } = JSON.parse(body);
            if (errors) continue;
            expect(JSON.stringify({ data }), asked).toBe(responses.get(data.account.sid));
          }
        },
      ),
      runs(350),
    );
  await searchTwice(search);
  expect(kit.lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(50);
  expect(statuses.get(400)).toBeGreaterThan(20);
});
