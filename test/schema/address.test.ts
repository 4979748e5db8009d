import type { GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createSandbox, type WireMessage } from '../../src/sandbox/sandbox.ts';
import { schema } from '../../src/schema/index.ts';
import { createKit, noErrors } from '../kit.ts';

const over = createSandbox({ messages: 6_000 });
const kit = createKit({ over });
const QUERY = 'query($f: MessageFilter) { messages(first: 1000, filter: $f) { nodes { sid } } }';

async function everyMessage(): Promise<readonly WireMessage[]> {
  const { sid, authToken } = over.accounts.parent;
  const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  const all: WireMessage[] = [];
  let url: string | null = `/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1000`;
  while (url) {
    const { body } = await over.handle({ method: 'GET', url, headers: { authorization } });
    const page = JSON.parse(body) as { messages: WireMessage[]; next_page_uri: string | null };
    all.push(...page.messages);
    url = page.next_page_uri;
  }
  return all;
}

const all = await everyMessage();

/** Addresses that Twilio may have stored, including those of rejected messages. */
const STORED = [
  'Northwind ID',
  'Bank of America',
  'Booking.com',
  "McDonald's",
  'T-Mobile',
  'AT&T',
  'H&M_Shop+1',
  '2FA',
  'Crédit Münster',
  '12345',
  '123',
  '12345678',
  '+14155550100',
  '+6834567',
  '+15551',
  '+1234567890123456',
  '+1415555XXXX',
  '+1415555****',
  'whatsapp:+14155550100',
  'whatsapp:US.13491208655302741918',
  'messenger:7100000000000000',
  'rcs:brand_agent',
  'sim:DE0123456789abcdef0123456789abcdef',
  'sip:desk@northwind.example',
  'client:joey',
];

const MISTAKES = [
  '',
  ' ',
  '+',
  '+1',
  '+0044770090000',
  '++14155550100',
  '+1 415 555 0100',
  '+1-415-555-0100',
  '(415) 555-0100',
  '0044 7700',
  '14155550100',
  '4155550100',
  '12',
  '+49 30 901820 ext 3',
  '0044 7700 ext 3',
  'call me now, please',
  'call me now please',
  'call +1 415 555',
  'someone@example.com',
  'whatsapp:',
  'whatsapp: +14155550100',
  'WhatsApp:+14155550100',
  ':+14155550100',
  `whatsapp:${'1'.repeat(300)}`,
  'Northwind\nID',
  'Northwind\u0000',
  '+14155550100\n',
  '\u202e+14155550100',
  '😀',
  '٠١٢٣٤',
  'a'.repeat(21),
  `+1${'4'.repeat(40)}`,
  '*',
  "' OR 1=1 --; DROP",
];

test('every address in the sandbox can be used in a filter', async () => {
  const addresses = new Set(all.flatMap(({ from, to }) => [from, to]).filter((one) => one !== null));
  const senders = [...new Set(all.map(({ from }) => from))].filter((one) => one && !one.includes('+'));
  expect(senders).toContain('Northwind ID');
  for (const from of senders) {
    const { data } = noErrors(await kit.query(QUERY, { f: { from } }));
    const expected = all.filter((message) => message.from === from).map(({ sid }) => sid);
    expect(data.messages.nodes.map(({ sid }: { sid: string }) => sid)).toEqual(expected);
  }
  expect(addresses.size).toBeGreaterThan(1_000);
  const scalar = schema.getType('Address') as GraphQLScalarType;
  for (const address of addresses) expect(scalar.parseValue(address)).toBe(address);
});

describe('an address that Twilio may have stored', () => {
  test.each(STORED)('%j can be used in a filter, as sender and as recipient', async (address) => {
    const sent = over.addMessage('parent', { from: address });
    const received = over.addMessage('parent', { to: address, status: 'failed' });
    for (const [f, { sid }] of [
      [{ from: address }, sent],
      [{ to: address }, received],
    ] as const) {
      const { data } = noErrors(await kit.query(QUERY, { f }));
      expect(data.messages.nodes.map((node: { sid: string }) => node.sid)).toContain(sid);
    }
  });
});

describe('an obvious mistake', () => {
  test.each(MISTAKES)('%j is rejected without a call', async (to) => {
    const { errors, calls } = await kit.countCalls(QUERY, { f: { to } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'f.to' } }]);
    expect(errors?.[0]?.message).toContain('E.164 number');
    expect(calls).toEqual([]);
  });

  test('of any size is rejected quickly', async () => {
    const begun = performance.now();
    for (const piece of ['1', 'a', 'a ', '1 ', '+1', 'a1', ' ', "a.'", '+X*']) {
      const { errors } = await kit.query(QUERY, { f: { to: piece.repeat(30_000) } });
      expect(errors).toHaveLength(1);
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
