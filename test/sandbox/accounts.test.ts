import { expect, test } from 'vitest';
import { at, basic, bearer, sandboxKit } from './kit.ts';

const LIST = '/2010-04-01/Accounts.json';

test('the list has the parent first, then its subaccounts, newest first', async () => {
  const { sandbox, get, parent, active } = sandboxKit();
  const { closed, suspended } = sandbox.accounts;
  const added = sandbox.addAccount({ friendlyName: 'New one' });
  const older = sandbox.addAccount({ messages: 10 });
  const { body } = await get(LIST);
  const expected = [parent, added, older, closed, suspended, active].map(({ sid }) => sid);
  expect(body.accounts.map(({ sid }) => sid)).toEqual(expected);
  expect(at(body.accounts, 0)).toMatchObject({
    owner_account_sid: parent.sid,
    status: 'active',
    type: 'Full',
    date_created: expect.stringMatching(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} \+0000$/),
    subresource_uris: expect.objectContaining({
      messages: `/2010-04-01/Accounts/${parent.sid}/Messages.json`,
      short_codes: `/2010-04-01/Accounts/${parent.sid}/SMS/ShortCodes.json`,
    }),
    uri: `/2010-04-01/Accounts/${parent.sid}.json`,
  });
});

test('page tokens of accounts have their own format and contain the filter', async () => {
  const { get } = sandboxKit();
  const { body: first } = await get(`${LIST}?Status=active&PageSize=1`);
  expect(first.next_page_uri).toMatch(
    /^\/2010-04-01\/Accounts\.json\?Status=active&PageSize=1&Page=1&PageToken=PT/,
  );
  const token = new URLSearchParams(first.next_page_uri?.split('?')[1]).get('PageToken') ?? '';
  const parent = at(first.accounts, 0).sid;
  expect(Buffer.from(token.slice(2), 'base64').toString()).toMatch(
    new RegExp(`^%7B"friendlyName":null,"status":"active"%7D,[-0-9T:]+\\+00:00,\\["${parent}"\\]:1:2$`),
  );
  const { body: second } = await get(`${LIST}?PageSize=1&Page=1&PageToken=${encodeURIComponent(token)}`);
  expect(second).toMatchObject({ start: 1, end: 1, next_page_uri: null });
  expect(at(second.accounts, 0)).toMatchObject({ friendly_name: 'Northwind Lending' });
});

test('pages forward and back', async () => {
  const { get, follow } = sandboxKit();
  const { body: whole } = await get(LIST);
  const forward = await follow(`${LIST}?PageSize=1`, 'next_page_uri');
  expect(forward.flatMap(({ accounts }) => accounts)).toEqual(whole.accounts);
  const back = (await follow(at(forward, -1).uri, 'previous_page_uri')).reverse();
  expect(back.flatMap(({ accounts }) => accounts)).toEqual(whole.accounts);
});

test('the list filters by exact name and by status', async () => {
  const { get } = sandboxKit();
  const names = async (query: string) =>
    (await get(`${LIST}?${query}`)).body.accounts.map(({ friendly_name }) => friendly_name);
  expect(await names('FriendlyName=Northwind+Lending')).toEqual(['Northwind Lending']);
  expect(await names('FriendlyName=northwind')).toEqual([]);
  expect(await names('Status=closed')).toEqual(['Northwind Cards']);
  expect(await names('FriendlyName=Northwind&Status=closed')).toEqual([]);
});

test.each([
  ['Page=1', 70002, 'Paged requests must include a PageToken'],
  ['Page=1&PageToken=PT%21', 21481, 'Invalid PageToken'],
  [`Page=1&PageToken=PASM${'a'.repeat(32)}`, 21481, 'Invalid PageToken'],
  ['PageSize=2000', 20007, 'Page size too large'],
])('rejects %s', async (query, code, message) => {
  const { getError } = sandboxKit();
  expect(await getError(`${LIST}?${query}`)).toMatchObject({ status: 400, body: { code, message } });
});

test("a subaccount's credentials list only the subaccount", async () => {
  const { sandbox, get, active, activeApp } = sandboxKit();
  for (const who of [basic(active.sid, active.authToken), await bearer(sandbox, activeApp)]) {
    expect((await get(LIST, who)).body.accounts.map(({ sid }) => sid)).toEqual([active.sid]);
  }
});

test("the parent's OAuth app lists all accounts, or only its own", async () => {
  const { sandbox, get, parent, parentApp } = sandboxKit();
  const token = await bearer(sandbox, parentApp);
  expect((await get(LIST, token)).body.accounts).toHaveLength(4);
  sandbox.set({ accountsUnderOAuth: 'own' });
  expect((await get(LIST, token)).body.accounts.map(({ sid }) => sid)).toEqual([parent.sid]);
});

test('auth_token under OAuth is the secret, empty or absent', async () => {
  const { sandbox, get, parent, parentApp } = sandboxKit();
  const token = await bearer(sandbox, parentApp);
  const own = async () => (await get<Record<string, unknown>>(parentPath, token)).body;
  const parentPath = `/2010-04-01/Accounts/${parent.sid}.json`;
  expect(await own()).toMatchObject({ auth_token: parent.authToken });
  sandbox.set({ authTokenUnderOAuth: 'empty' });
  expect(await own()).toMatchObject({ auth_token: '' });
  sandbox.set({ authTokenUnderOAuth: 'absent' });
  expect(await own()).not.toHaveProperty('auth_token');
});

test('a closed subaccount is deleted after 30 days', async () => {
  const { sandbox, get, getError, advance } = sandboxKit();
  const { sid } = sandbox.accounts.closed;
  const path = `/2010-04-01/Accounts/${sid}.json`;
  expect((await get<object>(path)).body).toMatchObject({ status: 'closed' });
  advance(10 * 86_400);
  expect((await getError(path)).body).toMatchObject({ status: 404, code: 20404 });
  expect((await getError(path.replace('.json', '/Messages.json'))).body.code).toBe(20404);
  expect((await get(LIST)).body.accounts).toHaveLength(3);
});
