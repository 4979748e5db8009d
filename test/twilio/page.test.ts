import { describe, expect, test } from 'vitest';
import { TwilioResponseError } from '../../src/twilio/errors.ts';
import { parsePage } from '../../src/twilio/page.ts';

const asIs = (item: unknown) => item;
const parse = (envelope: unknown) => parsePage(envelope, 'messages', asIs);
const nextOf = (next_page_uri: unknown) => parse({ messages: [], next_page_uri }).next;

describe('the list envelope', () => {
  test('has the items and the names of the neighbouring pages', () => {
    const page = parse({
      messages: [1, 2],
      next_page_uri: '/2010-04-01/Accounts/AC1/Messages.json?To=%2B1&PageSize=2&Page=2&PageToken=PASM2',
      previous_page_uri: '/2010-04-01/Accounts/AC1/Messages.json?To=%2B1&PageSize=2&Page=0&PageToken=PBSM1',
    });
    expect(page).toEqual({
      items: [1, 2],
      next: { page: '2', pageToken: 'PASM2' },
      previous: { page: '0', pageToken: 'PBSM1' },
    });
  });

  test('may be empty and have a next page', () => {
    expect(parse({ messages: [], next_page_uri: '/x?Page=1&PageToken=PA' })).toEqual({
      items: [],
      next: { page: '1', pageToken: 'PA' },
      previous: null,
    });
  });

  test.each([[null], [undefined]])('ends if a URI is %s', (uri) => {
    expect(nextOf(uri)).toBeNull();
  });

  test.each([
    'https://evil.test/steal?Page=1&PageToken=PA',
    'https://user:pass@evil.test/?Page=1&PageToken=PA',
    '//evil.test?Page=1&PageToken=PA',
    'javascript:alert(1)?Page=1&PageToken=PA',
    '?Page=1&PageToken=PA',
  ])('yields only page and token of %s', (uri) => {
    expect(nextOf(uri)).toEqual({ page: '1', pageToken: 'PA' });
  });

  test('keeps a token of accounts unchanged, including base64 padding', () => {
    const token = 'PTJTdCJ2E6bnVsbCU3RA==';
    const query = new URLSearchParams({ Page: '1', PageToken: token });
    expect(nextOf(`/2010-04-01/Accounts.json?${query}`)).toEqual({ page: '1', pageToken: token });
    expect(nextOf(`/2010-04-01/Accounts.json?Page=1&PageToken=${token}`)?.pageToken).toBe(token);
  });

  test.each([
    ['no list', { accounts: [] }],
    ['null instead of a list', { messages: null }],
    ['an object instead of a list', { messages: {} }],
    ['a URI that is a number', { messages: [], next_page_uri: 5 }],
    ['a URI that is an object', { messages: [], previous_page_uri: {} }],
    ['nothing', null],
    ['only a list', []],
    ['text', 'messages'],
  ])('is rejected with %s', (_, envelope) => {
    expect(() => parse(envelope)).toThrow(TwilioResponseError);
  });

  test('names the missing part without repeating the content', () => {
    expect(() => parse({ accounts: ['+14155550100'] })).toThrow('the list has no "messages"');
    expect(() => parse('+14155550100')).toThrow(/^expected a list, got string$/);
  });
});
