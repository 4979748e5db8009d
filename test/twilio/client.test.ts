import { describe, expect, test } from 'vitest';
import { TwilioResponseError } from '../../src/twilio/errors.ts';
import { failureOf, first, twilioAt } from './kit.ts';

const queries = (calls: readonly { path: string }[]) =>
  calls.filter(({ path }) => path.includes('?')).map(({ path }) => new URLSearchParams(path.split('?')[1]));

describe('a page of messages', () => {
  test('is requested with encoded filters first, then the page', async () => {
    const { listMessages, sandbox } = twilioAt();
    const filters = [
      ['To', '+14155550100'],
      ['DateSent>', '2026-05-01T00:00:00Z'],
    ] as const;
    await listMessages({ ...first(20), filters });
    const query = sandbox.calls.at(-1)?.path.split('?')[1];
    expect(query).toBe('To=%2B14155550100&DateSent%3E=2026-05-01T00%3A00%3A00Z&PageSize=20');
  });

  test('leads to the next with both Page and PageToken, and back', async () => {
    const { listMessages, sandbox } = twilioAt({ messages: 30 });
    const one = await listMessages(first(10));
    const two = await listMessages({ ...first(10), name: one.next });
    expect(queries(sandbox.calls).map((query) => [query.get('Page'), query.get('PageToken')])).toEqual([
      [null, null],
      [one.next?.page, one.next?.pageToken],
    ]);
    expect(two.name).toEqual(one.next);
    const back = await listMessages({ ...first(10), name: two.previous });
    expect(back.items.map(({ sid }) => sid)).toEqual(one.items.map(({ sid }) => sid));
    expect(new Set([...one.items, ...two.items].map(({ sid }) => sid)).size).toBe(20);
  });

  test('named without a token, like the first page, is requested without one', async () => {
    const { listMessages, sandbox } = twilioAt();
    await listMessages({ ...first(10), name: { page: '0', pageToken: '' } });
    expect(sandbox.calls.at(-1)?.path.split('?')[1]).toBe('PageSize=10&Page=0');
    await listMessages({ ...first(10), name: { page: '7', pageToken: '' } });
    expect(sandbox.calls.at(-1)?.path.split('?')[1]).toBe('PageSize=10&Page=0');
  });

  test.each([
    [1000, 200, [1000, 500, 250, 125]],
    [300, 100, [300, 150, 75]],
    [51, 50, [51, 25]],
  ])('of %i that fails with 20500 above %i is halved instead of retried', async (pageSize, limit, sizes) => {
    const { listMessages, sandbox, statuses } = twilioAt({ switches: { failAbovePageSize: limit } });
    const page = await listMessages(first(pageSize));
    expect(queries(sandbox.calls).map((query) => Number(query.get('PageSize')))).toEqual(sizes);
    expect(statuses().slice(0, -1)).toEqual(Array(sizes.length - 1).fill(500));
    expect(page.pageSize).toBe(sizes.at(-1));
  });

  test('of a large size is retried with the same size after a fault unrelated to the size', async () => {
    const { listMessages, sandbox, statuses } = twilioAt();
    sandbox.set({ fail503: { next: 1 } });
    expect((await listMessages(first(1000))).pageSize).toBe(1000);
    expect(statuses()).toEqual([503, 200]);
  });

  test('that fails at any size is an error', async () => {
    const { listMessages, sandbox, statuses } = twilioAt();
    sandbox.set({ fail500: 1 });
    expect(await failureOf(listMessages(first(100)))).toMatchObject({ code: 20500 });
    expect(statuses()).toHaveLength(5);
  });
});

test('a page of accounts with a token keeps the size of its token, and is retried unchanged', async () => {
  const { listAccounts, sandbox, statuses } = twilioAt();
  for (let index = 0; index < 120; index += 1) sandbox.addAccount();
  const one = await listAccounts(first(60));
  sandbox.clearCalls();
  sandbox.set({ fail500: { next: 1 } });
  const two = await listAccounts({ ...first(60), name: one.next });
  expect(two.pageSize).toBe(60);
  expect(queries(sandbox.calls).map((query) => query.get('PageSize'))).toEqual(['60', '60']);
  expect(statuses()).toEqual([500, 200]);
});

describe('the result of the client', () => {
  test('contains no auth_token, for a single account or a list', async () => {
    const { readAccount, listAccounts, sandbox } = twilioAt({ switches: { authTokenUnderOAuth: 'secret' } });
    const account = await readAccount();
    const { items } = await listAccounts(first(50));
    expect(items.length).toBeGreaterThan(1);
    expect(JSON.stringify([account, items])).not.toContain('auth_token');
    for (const { authToken } of Object.values(sandbox.accounts)) {
      expect(JSON.stringify([account, items])).not.toContain(authToken);
    }
  });

  test('names the requested page', async () => {
    const { listAccounts } = twilioAt();
    expect(await listAccounts(first(50))).toMatchObject({ name: null, pageSize: 50, next: null });
  });

  test('never comes from another host, whatever the page URI', async () => {
    const hosts: string[] = [];
    const body = () => ({
      messages: [],
      next_page_uri: `https://evil.test/2010-04-01/x.json?Page=${hosts.length}&PageToken=PA${hosts.length}&PageSize=3&To=x`,
      previous_page_uri: '//evil.test/?Page=0',
    });
    const { listMessages } = twilioAt({
      fetch: async (input) => {
        hosts.push(new URL(input instanceof Request ? input.url : input).host);
        return Response.json(body());
      },
    });
    const page = await listMessages(first(10));
    expect(page.next).toEqual({ page: '1', pageToken: 'PA1' });
    await listMessages({ ...first(10), name: page.next });
    expect(hosts).toEqual(['api.twilio.com', 'api.twilio.com']);
  });

  test.each([
    ['itself', { page: '1', pageToken: 'PA1' }, '/x?Page=1&PageToken=PA1'],
    ['the first one, after the first', null, '/x?Page=0'],
    ['nothing at all, after the first', null, 'https://evil.test/'],
  ])('is an error if the next page would be %s', async (_, name, next_page_uri) => {
    const { listMessages } = twilioAt({
      fetch: async () => Response.json({ messages: [], next_page_uri }),
    });
    const error = await failureOf(listMessages({ ...first(10), name }));
    expect(error).toMatchObject({
      name: 'TwilioResponseError',
      message: 'its pages form a cycle',
    });
  });

  test('is an error if the list is missing', async () => {
    const { listMessages } = twilioAt({ fetch: async () => Response.json({ accounts: [] }) });
    const error = await failureOf(listMessages(first(10)));
    expect(error).toBeInstanceOf(TwilioResponseError);
  });
});
