import { describe, expect, test } from 'vitest';
import {
  type Channel,
  type ChannelSource,
  channelOf,
  isFinal,
  type MessageStatus,
  type Outcome,
  outcome,
} from '../../src/delivery/outcome.ts';

const everyChannel: Channel[] = ['SMS', 'MMS', 'WHATSAPP', 'RCS', 'MESSENGER', 'OTHER'];

const expected: Record<MessageStatus, [Outcome, finalOn: Channel[]]> = {
  accepted: ['PENDING', []],
  scheduled: ['PENDING', []],
  queued: ['PENDING', []],
  sending: ['PENDING', []],
  receiving: ['PENDING', []],
  sent: ['UNCONFIRMED', []],
  delivered: ['SUCCEEDED', ['SMS', 'MMS']],
  received: ['SUCCEEDED', everyChannel],
  read: ['SUCCEEDED', everyChannel],
  undelivered: ['FAILED', everyChannel],
  failed: ['FAILED', everyChannel],
  canceled: ['CANCELED', everyChannel],
  partially_delivered: ['UNCONFIRMED', everyChannel],
};

/** A future status, the wrong case, and properties of Object.prototype. */
const unknownStatuses = ['expired', 'DELIVERED', '', 'constructor', '__proto__'];

describe('outcome', () => {
  test.each(Object.entries(expected))('%s', (status, [wanted]) => {
    expect(outcome(status)).toBe(wanted);
  });

  test.each(unknownStatuses)('the unknown status "%s" is UNCONFIRMED', (status) => {
    expect(outcome(status)).toBe('UNCONFIRMED');
  });
});

describe('isFinal', () => {
  test.each(Object.entries(expected))('%s', (status, [, finalOn]) => {
    expect(everyChannel.filter((channel) => isFinal(status, channel))).toEqual(finalOn);
  });

  test.each(unknownStatuses)('the unknown status "%s" is not final', (status) => {
    expect(everyChannel.filter((channel) => isFinal(status, channel))).toEqual([]);
  });
});

describe('channelOf', () => {
  const phone = '+14155550100';
  const rows: [string, ChannelSource, Channel][] = [
    ['a text', { from: phone, to: phone, num_media: '0' }, 'SMS'],
    ['media', { from: phone, to: phone, num_media: '2' }, 'MMS'],
    ['no media count', { from: phone, to: phone, num_media: null }, 'SMS'],
    ['an unreadable media count', { from: phone, to: phone, num_media: 'many' }, 'SMS'],
    ['no sender yet', { from: null, to: phone, num_media: '0' }, 'SMS'],
    ['an alphanumeric sender', { from: 'Rcs Shop', to: phone, num_media: '0' }, 'SMS'],
    ['no addresses', {}, 'SMS'],
    ['whatsapp', { from: `whatsapp:${phone}`, to: `whatsapp:${phone}`, num_media: '0' }, 'WHATSAPP'],
    [
      'whatsapp with media',
      { from: `whatsapp:${phone}`, to: `whatsapp:${phone}`, num_media: '1' },
      'WHATSAPP',
    ],
    ['whatsapp without a sender yet', { from: null, to: `whatsapp:${phone}`, num_media: '0' }, 'WHATSAPP'],
    ['an RCS sender to a plain number', { from: 'rcs:shop_agent', to: phone, num_media: '0' }, 'RCS'],
    ['messenger', { from: 'messenger:12345', to: 'messenger:67890', num_media: '0' }, 'MESSENGER'],
    ['a prefix in upper case', { from: `WhatsApp:${phone}`, to: phone, num_media: '0' }, 'WHATSAPP'],
    ['an unknown prefix', { from: 'viber:shop', to: phone, num_media: '1' }, 'OTHER'],
    ['an unknown prefix beside a known one', { from: 'viber:shop', to: `whatsapp:${phone}` }, 'WHATSAPP'],
    ['a prefix named like an object property', { from: 'constructor:x', to: phone }, 'OTHER'],
  ];

  test.each(rows)('%s', (_name, source, channel) => {
    expect(channelOf(source)).toBe(channel);
  });

  test('takes no notice of the SID prefix', () => {
    expect(channelOf({ from: phone, to: phone, num_media: '0', sid: `MM${'0'.repeat(32)}` })).toBe('SMS');
    expect(channelOf({ from: phone, to: phone, num_media: '1', sid: `SM${'0'.repeat(32)}` })).toBe('MMS');
  });
});
