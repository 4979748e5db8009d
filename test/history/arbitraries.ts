import fc from 'fast-check';
import type { StatsQuery } from '../../src/history/history-store.ts';
import { type MessageCriteria, UNKNOWN_STATUS } from '../../src/pagination/message-filter.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';

/** Three days, with the change of the clocks in Berlin in between. */
export const FIRST = Date.UTC(2026, 9, 24);
const SPAN = 3 * 86_400;

const ADDRESSES = [
  '+14155550100',
  '+14155550101',
  'whatsapp:+14155550101',
  'rcs:+14155550101',
  '+4915112345678',
  'whatsapp:+4915112345678',
  'messenger:12345',
  'MyBrand',
  '78000',
];
const STATUSES = [
  'queued',
  'scheduled',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'received',
  'read',
  'canceled',
  'brand-new',
];
const BODIES = [
  '',
  'STOP',
  'start',
  'Your code is 123456',
  'Ärger über die Lieferung',
  'İstanbul 100% _off_',
  'ab',
  '你好，世界 ok',
  'say "hello" \\ it\'s 50%',
];
const SERVICES = [`MG${'a'.repeat(32)}`, `MG${'b'.repeat(32)}`];
const ERRORS = [null, null, 30003, 30005, 21610];

const at = (second: number) => new Date(FIRST + second * 1000);
const wireDate = (second: number) => at(second).toUTCString().replace('GMT', '+0000');
const second = fc.integer({ min: 0, max: SPAN });
const instant = fc.oneof(
  second.map((value) => at(value)),
  fc.integer({ min: 0, max: SPAN / 3600 }).map((hour) => at(hour * 3600)),
);

export const SIDS = Array.from({ length: 40 }, (_, index) => {
  const digits = ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
  return `${index % 5 === 0 ? 'MM' : 'SM'}${digits.repeat(4)}`;
});

/** A message; when it was created depends on the SID alone, but for one in twenty. */
export const message: fc.Arbitrary<WireMessage> = fc
  .record({
    index: fc.nat(SIDS.length - 1),
    recreated: fc.integer({ min: 0, max: 19 }),
    delay: fc.option(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90_000 })), {
      freq: 4,
    }),
    from: fc.option(fc.constantFrom(...ADDRESSES), { freq: 9 }),
    to: fc.option(fc.constantFrom(...ADDRESSES), { freq: 9 }),
    direction: fc.option(fc.constantFrom('inbound', 'outbound-api', 'outbound-reply'), { freq: 9 }),
    status: fc.constantFrom(...STATUSES),
    error_code: fc.constantFrom(...ERRORS),
    body: fc.oneof(fc.constantFrom(...BODIES), fc.string({ unit: 'grapheme', maxLength: 12 })),
    num_segments: fc.option(fc.integer({ min: 0, max: 4 }).map(String), { freq: 9 }),
    num_media: fc.constantFrom('0', '0', '1', '3', null),
    price: fc.option(fc.constantFrom('-0.00750', '-0.01000', '0.00000'), { freq: 3 }),
    price_unit: fc.constantFrom('USD', 'usd', 'EUR', null),
    messaging_service_sid: fc.constantFrom(...SERVICES, null),
    updated: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ index, recreated, delay, updated, ...fields }) => {
    const created = ((index * 7_919) % SPAN) + (recreated === 0 ? 3_600 : 0);
    return {
      ...fields,
      sid: SIDS[index] ?? '',
      account_sid: '',
      body: fields.body.toWellFormed().replaceAll('\0', ''),
      error_message: fields.error_code === null ? null : `Error ${fields.error_code}`,
      date_created: wireDate(created),
      date_sent: delay === null ? null : wireDate(created + delay),
      date_updated: wireDate(created + 100_000 + updated),
    };
  });

const sometimes = <T>(value: fc.Arbitrary<T>, freq = 1) => fc.option(value, { nil: undefined, freq });
/** Most filters have one or two conditions. */
const range = fc
  .record({ since: fc.option(instant), until: fc.option(instant) })
  .map(({ since, until }) =>
    since && until && since > until ? { since: until, until: since } : { since, until },
  );

const conditions = {
  to: fc.constantFrom(...ADDRESSES),
  from: fc.constantFrom(...ADDRESSES),
  dateSent: range,
  dateCreated: range,
  status: fc.uniqueArray(fc.constantFrom(...STATUSES.slice(0, -1), UNKNOWN_STATUS), {
    minLength: 1,
    maxLength: 3,
  }),
  direction: fc.uniqueArray(fc.constantFrom('inbound', 'outbound-api'), { minLength: 1, maxLength: 2 }),
  channel: fc.uniqueArray(fc.constantFrom('SMS', 'MMS', 'WHATSAPP', 'RCS', 'OTHER'), {
    minLength: 1,
    maxLength: 3,
  }),
  errorCode: fc.uniqueArray(fc.constantFrom(30003, 30005, 21610, 1), { minLength: 1, maxLength: 3 }),
  hasMedia: fc.boolean(),
  bodyContains: fc.constantFrom(
    'code',
    'ÄRGER',
    'a',
    '好',
    '100%',
    '_off_',
    '\\ it',
    'i̇stanbul',
    '"hello"',
    'zzz',
  ),
  participant: fc.constantFrom(...ADDRESSES),
  messagingServiceSid: fc.uniqueArray(fc.constantFrom(...SERVICES, `MG${'c'.repeat(32)}`), { minLength: 1 }),
  country: fc.uniqueArray(fc.constantFrom('US', 'DE', 'FR'), { minLength: 1 }),
  outcome: fc.uniqueArray(
    fc.constantFrom('PENDING' as const, 'UNCONFIRMED' as const, 'SUCCEEDED' as const, 'FAILED' as const),
    { minLength: 1, maxLength: 2 },
  ),
  text: fc.constantFrom('code your', 'CODE 123', 'über die', 'ok 世界', '50% say', 'nothing'),
};
const names = Object.keys(conditions) as (keyof typeof conditions)[];

export const criteria: fc.Arbitrary<MessageCriteria> = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 3 })
  .chain(
    (chosen) =>
      fc.record(
        Object.fromEntries(chosen.map((name) => [name, conditions[name]])),
      ) as fc.Arbitrary<MessageCriteria>,
  );

export const statistics: fc.Arbitrary<Omit<StatsQuery, 'accountSids'>> = fc.record({
  criteria,
  dimensions: fc.uniqueArray(
    fc.constantFrom(
      'status' as const,
      'outcome' as const,
      'errorCode' as const,
      'channel' as const,
      'direction' as const,
      'country' as const,
      'sender' as const,
      'messagingServiceSid' as const,
      'accountSid' as const,
    ),
    { maxLength: 3 },
  ),
  interval: sometimes(fc.constantFrom('HOUR' as const, 'DAY' as const, 'WEEK' as const, 'MONTH' as const), 4),
  timeZone: sometimes(
    fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'America/New_York',
      'Australia/Lord_Howe',
    ),
    5,
  ),
});

export type Step =
  | { readonly kind: 'save'; readonly account: number; readonly messages: WireMessage[] }
  | {
      readonly kind: 'complete';
      readonly account: number;
      readonly of: 'sent' | 'unsent';
      readonly range: { since: Date | null; until: Date | null };
      readonly left: number;
    }
  | { readonly kind: 'erase'; readonly account: number; readonly from: number; readonly count: number }
  | { readonly kind: 'bodies'; readonly account: number; readonly keeps: boolean };

const account = fc.constantFrom(0, 0, 1);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('save' as const),
        account,
        messages: fc.array(message, { minLength: 1, maxLength: 25 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('complete' as const),
        account,
        of: fc.constantFrom('sent' as const, 'unsent' as const),
        range,
        left: fc.nat(SIDS.length),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('erase' as const),
        account,
        from: fc.nat(SIDS.length - 1),
        count: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('bodies' as const), account, keeps: fc.boolean() }),
    },
  ),
  { minLength: 1, maxLength: 6 },
);
