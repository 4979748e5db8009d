import { describe, expect, test } from 'vitest';
import { compileFilter, type MessageCriteria, UNKNOWN_STATUS } from '../../src/pagination/message-filter.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { wireMessage } from '../wire-message.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const SENT = 'Wed, 10 Jun 2026 08:00:00 +0000';

const compile = (criteria: MessageCriteria) => compileFilter(criteria, { days: 400 }, NOW);
const upstreamOf = (criteria: MessageCriteria) => Object.fromEntries(compile(criteria).upstream);
const at = (time: string) => new Date(`2026-06-${time}`);

const message = (fields: Partial<WireMessage> = {}) =>
  wireMessage({ date_created: SENT, date_sent: SENT, date_updated: SENT, ...fields });

describe('the query parameters for Twilio', () => {
  test('are To, From and the two bounds', () => {
    const dateSent = { since: at('01T00:00:00Z'), until: at('02T00:00:00Z') };
    expect(compile({ to: '+1', from: 'whatsapp:+2', dateSent }).upstream).toEqual([
      ['To', '+1'],
      ['From', 'whatsapp:+2'],
      ['DateSent<', '2026-06-02T00:00:00Z'],
      ['DateSent>', '2026-06-01T00:00:00Z'],
    ]);
  });

  test('are empty without criteria, with nulls, or with empty lists', () => {
    for (const criteria of [{}, { to: null, dateSent: null, status: [], errorCode: [] }, { dateSent: {} }]) {
      expect(compile(criteria)).toMatchObject({ upstream: [], truncated: false, selective: false });
    }
  });

  test('are not selective; criteria of the gateway are', () => {
    expect(compile({ to: '+1', dateSent: { on: at('10') } }).selective).toBe(false);
    expect(compile({ status: ['failed'] }).selective).toBe(true);
  });
});

describe.each<[string, MessageCriteria, Partial<WireMessage>[], Partial<WireMessage>[]]>([
  [
    'status',
    { status: ['failed', 'sent'] },
    [{ status: 'failed' }, { status: 'sent' }],
    [{ status: 'read' }],
  ],
  ['an unknown status', { status: [UNKNOWN_STATUS] }, [{ status: 'teleported' }], [{ status: 'sent' }]],
  [
    'direction',
    { direction: ['inbound'] },
    [{ direction: 'inbound' }],
    [{ direction: 'outbound-api' }, { direction: null }],
  ],
  [
    'error code',
    { errorCode: [30003, 30005] },
    [{ error_code: 30003 }, { error_code: 30005 }],
    [{ error_code: 30004 }, { error_code: null }],
  ],
  ['media', { hasMedia: true }, [{ num_media: '2' }], [{ num_media: '0' }, { num_media: null }]],
  ['no media', { hasMedia: false }, [{ num_media: '0' }, { num_media: null }], [{ num_media: '1' }]],
  [
    'body',
    { bodyContains: 'ÄPFEL' },
    [{}, { body: 'äpfel' }],
    [{ body: 'Birnen' }, { body: '' }, { body: null }],
  ],
  [
    'several criteria',
    { status: ['failed'], hasMedia: true },
    [{ status: 'failed', num_media: '1' }],
    [{ status: 'failed' }, { num_media: '1' }],
  ],
])('the filter by %s', (_, criteria, passing, failing) => {
  test.each(passing)('accepts %j', (fields) => expect(compile(criteria).accept(message(fields))).toBe(true));
  test.each(failing)('drops %j', (fields) => expect(compile(criteria).accept(message(fields))).toBe(false));
});

test('the filter by channel uses the addresses', () => {
  const whatsapp = message({ from: 'whatsapp:+14155550100', to: 'whatsapp:+14155550101' });
  const channels = ['WHATSAPP', 'SMS', 'MMS', 'RCS', 'MESSENGER', 'OTHER'];
  const matching = (item: WireMessage) => channels.filter((one) => compile({ channel: [one] }).accept(item));
  expect(matching(whatsapp)).toEqual(['WHATSAPP']);
  expect(matching(message())).toEqual(['SMS']);
});

describe('a date range', () => {
  const dateSent = { since: at('10T08:00:00Z'), until: at('10T09:00:00Z') };

  test('includes both bounds', () => {
    const accepts = (time: string) =>
      compile({ dateSent }).accept(message({ date_sent: `Wed, 10 Jun 2026 ${time} +0000` }));
    expect(['07:59:59', '08:00:00', '08:30:00', '09:00:00', '09:00:01'].map(accepts)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('never matches a message without a valid sent date', () => {
    for (const range of [dateSent, { since: dateSent.since }, { until: dateSent.until }, { on: at('10') }]) {
      const { accept } = compile({ dateSent: range });
      expect(accept(message({ date_sent: null }))).toBe(false);
      expect(accept(message({ date_sent: 'soon' }))).toBe(false);
      expect(accept(message())).toBe(true);
    }
  });

  test('with bounds between two seconds is rounded inwards', () => {
    const range = { since: at('10T08:00:00.001Z'), until: at('10T08:59:59.999Z') };
    expect(upstreamOf({ dateSent: range })).toEqual({
      'DateSent>': '2026-06-10T08:00:01Z',
      'DateSent<': '2026-06-10T08:59:59Z',
    });
    expect(compile({ dateSent: range }).accept(message())).toBe(false);
  });

  test('within one second matches nothing', () => {
    const range = { since: at('10T07:59:59.900Z'), until: at('10T07:59:59.950Z') };
    expect(compile({ dateSent: range }).accept(message())).toBe(false);
  });

  test('of one instant matches that second', () => {
    const range = { since: at('10T08:00:00Z'), until: at('10T08:00:00Z') };
    expect(compile({ dateSent: range }).accept(message())).toBe(true);
  });

  test('on a day is the whole GMT day to its last second', () => {
    expect(upstreamOf({ dateSent: { on: at('10') } })).toEqual({
      'DateSent>': '2026-06-10T00:00:00Z',
      'DateSent<': '2026-06-10T23:59:59Z',
    });
  });

  test('"on" cannot be combined with a bound', () => {
    for (const bound of [{ since: at('10') }, { until: at('10') }]) {
      expect(() => compile({ dateSent: { on: at('10'), ...bound } })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
    }
    expect(compile({ dateSent: { on: at('10'), since: null, until: null } }).upstream).toHaveLength(2);
  });

  test('that ends before it begins is rejected', () => {
    const range = { since: at('11'), until: at('10') };
    expect(() => compile({ dateSent: range })).toThrow(
      expect.objectContaining({
        extensions: { code: 'BAD_USER_INPUT', argument: 'filter.dateSent.since' },
      }),
    );
  });

  test('is cut to the retention window', () => {
    const { upstream, truncated } = compile({ dateSent: { since: new Date(0) } });
    expect(upstream).toEqual([['DateSent>', '2025-05-11T12:01:00Z']]);
    expect(truncated).toBe(true);
    const day = compile({ dateSent: { on: new Date('2025-05-11') } });
    expect(day.truncated).toBe(true);
    expect(day.upstream).toEqual([
      ['DateSent<', '2025-05-11T23:59:59Z'],
      ['DateSent>', '2025-05-11T12:01:00Z'],
    ]);
    expect(() => compile({ dateSent: { on: new Date('2025-05-10') } })).toThrow(
      expect.objectContaining({ code: 'MESSAGE_HISTORY_LIMIT' }),
    );
  });

  test('without a lower bound stays open', () => {
    const { upstream, truncated, accept } = compile({ dateSent: { until: at('10T09:00:00Z') } });
    expect(upstream).toEqual([['DateSent<', '2026-06-10T09:00:00Z']]);
    expect(truncated).toBe(false);
    expect(accept(message({ date_sent: null }))).toBe(false);
  });
});
