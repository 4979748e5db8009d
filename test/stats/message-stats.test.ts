import fc from 'fast-check';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { describe, expect, test } from 'vitest';
import { countryOf } from '../../src/delivery/country.ts';
import { participantOf } from '../../src/delivery/participant.ts';
import { DecimalSum } from '../../src/stats/decimal-sum.ts';
import { StatsCounter } from '../../src/stats/message-stats.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { wireMessage } from '../wire-message.ts';

const message = (fields: Partial<WireMessage>) =>
  wireMessage({ to: '+4915112345678', price: '-0.00750', price_unit: 'USD', ...fields });

describe('statistics of messages', () => {
  test('count each outcome once, segments, media and costs', () => {
    const counter = new StatsCounter([]);
    for (const status of ['queued', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'canceled']) {
      counter.add(message({ status, num_segments: '2', num_media: '1' }), null);
    }
    counter.add(message({ status: 'received', direction: 'inbound', price: null, price_unit: null }), null);
    counter.add(message({ price: '-0.1', price_unit: 'eur' }), null);
    const { total } = counter.result();
    expect({ ...total }).toMatchObject({
      messages: 9,
      segments: 16,
      media: 7,
      pending: 1,
      unconfirmed: 1,
      succeeded: 4,
      undelivered: 1,
      failed: 1,
      canceled: 1,
    });
    // Inbound messages do not count.
    expect(total.deliveryRate).toBe(3 / 5);
    expect(total.cost).toEqual([
      { currency: 'EUR', amount: '0.1' },
      { currency: 'USD', amount: '0.05250' },
    ]);
  });

  test('group by several dimensions and by time', () => {
    const counter = new StatsCounter(['errorCode', 'country'], (instant) => Math.floor(instant / 10) * 10);
    counter.add(message({ error_code: 30003 }), 12);
    counter.add(message({ error_code: 30003 }), 19);
    counter.add(message({ error_code: 30005, to: 'whatsapp:+14155550123' }), 11);
    counter.add(message({}), null);
    const { groups, total } = counter.result();
    expect(groups.map(({ start, values, measures }) => [start, values, measures.messages])).toEqual([
      [null, { errorCode: null, country: 'DE' }, 1],
      [10, { errorCode: 30003, country: 'DE' }, 2],
      [10, { errorCode: 30005, country: 'US' }, 1],
    ]);
    expect(total.messages).toBe(4);
  });

  test('at most 10,000 groups, and says so', () => {
    const counter = new StatsCounter(['sender']);
    for (let i = 0; i < 10_002; i += 1) counter.add(message({ from: `+1${i}` }), null);
    const { groups, groupsTruncated, total } = counter.result();
    expect([groups.length, groupsTruncated, total.messages]).toEqual([10_000, true, 10_002]);
  });

  test('sums of decimals are exact', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99_999_999, max: 99_999_999 })), (numbers) => {
        const sum = new DecimalSum();
        for (const number of numbers) sum.add((number / 1e5).toFixed(5));
        const total = numbers.reduce((all, number) => all + number, 0);
        expect(Number(sum.negated())).toBeCloseTo(-total / 1e5, 6);
      }),
    );
    const sum = new DecimalSum();
    for (let i = 0; i < 10; i += 1) sum.add('-0.1');
    sum.add('-0.00001');
    expect(sum.negated()).toBe('1.00001');
  });
});

describe('the participant', () => {
  test('is the sender of an inbound message, else the recipient', () => {
    expect(participantOf(message({ direction: 'inbound' }))).toBe('+14155550100');
    expect(participantOf(message({}))).toBe('+4915112345678');
    expect(participantOf(message({ to: null }))).toBeNull();
  });

  test.each([
    ['+14155550100', 'US'],
    ['whatsapp:+447700900123', 'GB'],
    ['+16135550100', 'CA'],
    ['+77012345678', 'KZ'],
    ['+88161234567', null],
    ['12345', null],
    ['ACME', null],
    ['messenger:12345', null],
    [null, null],
  ])('the country of %s is %s', (address, country) => {
    expect(countryOf(address)).toBe(country);
  });

  test('numbers that are told apart by few digits have the country that the library finds', () => {
    const codes = getCountries().map((country) => getCountryCallingCode(country));
    const shared = [...new Set(codes.filter((code, index) => codes.indexOf(code) !== index))];
    const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
    const numbers = fc
      .tuple(fc.constantFrom(...shared), digits(5), fc.integer({ min: 0, max: 7 }))
      .chain(([code, first, more]) =>
        fc.array(
          digits(more).map((last) => `+${code}${first}${last}`),
          { minLength: 2, maxLength: 4 },
        ),
      );
    fc.assert(
      fc.property(numbers, (ofOneKey) => {
        for (const number of ofOneKey) {
          const parsed = parsePhoneNumberFromString(number);
          const country = parsed?.country ?? parsed?.getPossibleCountries()[0] ?? null;
          expect(countryOf(number)).toBe(country);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
