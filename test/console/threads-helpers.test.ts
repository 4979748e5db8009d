import { describe, expect, test } from 'vitest';
import { readAddress } from '../../console/src/threads/address-input.ts';
import { toDays } from '../../console/src/threads/days.ts';
import { optedOutIn } from '../../console/src/threads/opt-out.ts';
import { recentPersons } from '../../console/src/threads/recent.ts';

describe('an address as people type it', () => {
  test.each([
    ['+14155550125', '+14155550125'],
    [' +1 (415) 555-0125 ', '+14155550125'],
    ['\u202A+1 415.555.0125\u202C', '+14155550125'],
    ['0044 7700 900123', '+447700900123'],
    ['WhatsApp:+1 415 555 0125', 'whatsapp:+14155550125'],
    ['rcs:brand_agent', 'rcs:brand_agent'],
    ['messenger:7100000000000000', 'messenger:7100000000000000'],
    ['72345', '72345'],
    ['NORTHWIND', 'NORTHWIND'],
  ])('%j is %s', (typed, address) => expect(readAddress(typed)).toEqual({ address }));

  test.each([
    ['', /Enter a phone number/],
    ['(415) 555 0125', /country code/],
    ['+0123456', /5 to 15 digits/],
    ['+1234567890123456', /5 to 15 digits/],
    ['call me maybe?', /no phone number/],
    ['<script>', /no phone number/],
  ])('%j is none, and why', (typed, problem) => {
    expect(readAddress(typed)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

const message = (time: string, more: object = {}) => ({
  id: time,
  direction: 'OUTBOUND_API',
  channel: 'SMS',
  dateSent: time,
  dateCreated: time,
  body: null,
  errorCode: null,
  ...more,
});

describe('the days of a conversation', () => {
  test('are those of the zone, oldest first, also where the clock changes', () => {
    const messages = ['2026-10-25T23:30:00Z', '2026-10-25T00:30:00Z', '2026-10-24T21:59:59Z'].map((time) =>
      message(time),
    );
    const datesIn = (zone: string) =>
      toDays(messages, zone).map(({ date, messages: of }) => [date, of.length]);
    expect(datesIn('UTC')).toEqual([
      ['2026-10-24', 1],
      ['2026-10-25', 2],
    ]);
    expect(datesIn('Europe/Berlin')).toEqual([
      ['2026-10-24', 1],
      ['2026-10-25', 1],
      ['2026-10-26', 1],
    ]);
    expect(toDays(messages, 'Asia/Kolkata')[0]?.name).toMatch(/^Sunday,? 25 October 2026$/);
  });

  test('begin a group with another side or channel, and after a while', () => {
    const days = toDays(
      [
        message('2026-11-01T10:00:00Z'),
        message('2026-11-01T10:05:00Z'),
        message('2026-11-01T10:06:00Z', { channel: 'WHATSAPP' }),
        message('2026-11-01T10:07:00Z', { channel: 'WHATSAPP', direction: 'INBOUND' }),
        message('2026-11-01T10:08:00Z', { channel: 'WHATSAPP', direction: 'INBOUND' }),
        message('2026-11-01T11:08:00Z', { channel: 'WHATSAPP', direction: 'INBOUND' }),
      ].reverse(),
      'UTC',
    );
    expect(days[0]?.messages.map(({ isFirst }) => isFirst)).toEqual([true, false, true, true, false, true]);
  });

  test('have a message that was never sent at its creation', () => {
    const never = message('2026-11-01T10:00:00Z', { dateSent: null });
    expect(toDays([message('2026-11-02T10:00:00Z'), never], 'UTC').map(({ date }) => date)).toEqual([
      '2026-11-01',
      '2026-11-02',
    ]);
  });
});

test('the newest sign decides about an opt-out', () => {
  const inbound = (time: string, body: string) => message(time, { direction: 'INBOUND', body });
  const stop = inbound('2026-11-01T10:00:00Z', ' Stop ');
  expect(optedOutIn([])).toBeNull();
  expect(optedOutIn([inbound('2026-11-01T10:00:00Z', 'do not stop')])).toBeNull();
  expect(optedOutIn([stop])).toBe(true);
  expect(optedOutIn([stop, inbound('2026-11-02T10:00:00Z', 'START')])).toBe(false);
  expect(optedOutIn([stop, inbound('2026-10-02T10:00:00Z', 'START')])).toBe(true);
  expect(optedOutIn([message('2026-11-03T10:00:00Z', { errorCode: 21610 })])).toBe(true);
});

test('the persons of the newest messages are counted, and in their order', () => {
  const of = (id: string | null, outcome = 'SUCCEEDED', channel = 'SMS') => ({
    channel,
    delivery: { outcome },
    thread: id === null ? null : { id, participant: id },
  });
  const persons = recentPersons([of('a'), of('b', 'FAILED'), of(null), of('a', 'FAILED', 'MMS')]);
  expect(persons.map(({ id, messages, failed, channels }) => [id, messages, failed, channels])).toEqual([
    ['a', 2, 1, ['MMS', 'SMS']],
    ['b', 1, 1, ['SMS']],
  ]);
});
