import { describe, expect, test } from 'vitest';
import { TwilioResponseError } from '../../src/twilio/errors.ts';
import { accounts } from '../../src/twilio/resources/accounts.ts';
import { media } from '../../src/twilio/resources/media.ts';
import { messages } from '../../src/twilio/resources/messages.ts';

const { parse: parseAccount } = accounts;
const { parse: parseMedia } = media;
const { parse: parseMessage } = messages;

const SECRET = 'f00df00df00df00df00df00df00df00d';
const sid = (prefix: string) => prefix + '1'.repeat(32);
const ACCOUNT = {
  sid: sid('AC'),
  friendly_name: 'Acme',
  status: 'active',
  type: 'Full',
  owner_account_sid: sid('AC'),
  date_created: 'Fri, 24 May 2019 17:44:50 +0000',
  date_updated: 'Fri, 24 May 2019 17:44:50 +0000',
};
const MESSAGE = { sid: sid('SM'), account_sid: sid('AC'), status: 'sent', body: 'Hi' };
const MEDIA = { sid: sid('ME'), account_sid: sid('AC'), parent_sid: sid('SM') };

describe('an account', () => {
  test('has no auth_token and no other unneeded fields', () => {
    const payload = { ...ACCOUNT, auth_token: SECRET, subresource_uris: { keys: SECRET }, uri: '/x' };
    expect(parseAccount(payload)).toEqual(ACCOUNT);
  });

  test('has null for fields of wrong types', () => {
    const own = { sid: ACCOUNT.sid };
    expect(
      parseAccount({ ...own, friendly_name: 5, status: {}, type: ['Full'], owner_account_sid: true }),
    ).toEqual({
      ...own,
      friendly_name: null,
      status: null,
      type: null,
      owner_account_sid: null,
      date_created: null,
      date_updated: null,
    });
  });
});

describe('a message', () => {
  test('is returned unchanged', () => {
    const message = { ...MESSAGE, num_segments: '1', error_code: null, something_new: { a: 1 } };
    expect(parseMessage({ ...message })).toEqual(message);
  });

  test('is checked independently of the previous one', () => {
    const fields = { num_segments: '1', num_media: '0', price: '-0.00750', price_unit: 'USD' };
    const right = { ...MESSAGE, ...fields, messaging_service_sid: sid('MG') };
    const bad = {
      num_segments: 'one',
      num_media: '1.5',
      price: '1e3',
      price_unit: '$',
      messaging_service_sid: sid('XX'),
    };
    const nulls = Object.fromEntries(Object.keys(bad).map((key) => [key, null]));
    for (const [fields, expected] of [
      [right, right],
      [
        { ...right, ...bad },
        { ...right, ...nulls },
      ],
      [
        { ...right, ...bad },
        { ...right, ...nulls },
      ],
      [right, right],
    ]) {
      expect(parseMessage({ ...fields })).toEqual(expected);
      for (const key of ['sid', 'account_sid', 'sid', 'account_sid']) {
        expect(() => parseMessage({ ...right, [key]: sid('XX') })).toThrow(
          `a message has a malformed ${key}`,
        );
      }
    }
  });

  test('has null for fields of wrong types', () => {
    const wrong = { body: {}, from: 5, to: ['x'], num_media: true, price: -1, date_sent: 0, error_code: '9' };
    const nulls = Object.fromEntries(Object.keys(wrong).map((key) => [key, null]));
    expect(parseMessage({ ...MESSAGE, ...wrong })).toEqual({ ...MESSAGE, ...nulls });
    for (const code of [2 ** 31, 1.5, 1e300]) {
      expect(parseMessage({ ...MESSAGE, error_code: code }).error_code).toBeNull();
    }
  });
});

describe.each([
  ['account', parseAccount, ACCOUNT, ['sid']],
  ['message', parseMessage, MESSAGE, ['sid', 'account_sid', 'status']],
  ['media item', parseMedia, MEDIA, ['sid', 'account_sid', 'parent_sid']],
] as const)('%s', (_, parse, good, required) => {
  test.each([...required])('without %s is rejected', (key) => {
    for (const value of [undefined, null, 5, {}, ['x']]) {
      expect(() => parse({ ...good, [key]: value })).toThrow(TwilioResponseError);
    }
  });

  test.each([[null], ['text'], [[]], [5], [undefined]])('that is %j is rejected', (value) => {
    expect(() => parse(value)).toThrow(TwilioResponseError);
  });

  test('is rejected without its content in the error', () => {
    expect(() => parse({ body: '+14155550100', auth_token: SECRET })).toThrow(/^(?!.*(555|f00d))/);
  });
});
