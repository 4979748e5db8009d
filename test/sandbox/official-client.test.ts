import twilio from 'twilio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, EPOCH, sandboxKit } from './kit.ts';

const kit = sandboxKit({ messages: 400 });
const { sandbox, parent, active, parentApp, activeApp } = kit;
let listener: Awaited<ReturnType<typeof sandbox.listen>>;

/** Twilio's own HTTP client, with the host replaced. */
class SandboxClient extends twilio.RequestClient {
  override request: twilio.RequestClient['request'] = (options) => {
    const { pathname, search } = new URL(options.uri);
    options.uri = listener.url + pathname + search;
    return super.request(options);
  };
}

beforeAll(async () => {
  listener = await sandbox.listen();
});
afterAll(() => listener.close());

const withBasic = (user = parent.sid, secret = parent.authToken, accountSid = user) =>
  twilio(user, secret, { accountSid, httpClient: new SandboxClient() });

/** Creates the client for an OAuth app, with Twilio's own token resource. */
function withOAuth({ clientId, clientSecret, accountSid } = parentApp, path = accountSid) {
  const provider = new twilio.ClientCredentialProviderBuilder()
    .setClientId(clientId)
    .setClientSecret(clientSecret)
    .setTokenManager({
      fetchToken: async () => {
        const form = { clientId, clientSecret, grantType: 'client_credentials' };
        return (await withBasic().oauth.v2.token.create(form)).accessToken;
      },
    })
    .build();
  const client = twilio(parent.sid, 'unused', { httpClient: new SandboxClient() });
  client.setCredentialProvider(provider);
  client.setAccountSid(path);
  return client;
}

test('lists messages as an OAuth app', async () => {
  const messages = await withOAuth().messages.list({ limit: 3 });
  expect(messages).toHaveLength(3);
  expect(messages[0]).toMatchObject({ accountSid: parent.sid, status: 'queued', dateSent: null });
  expect(sandbox.calls.at(-1)).toMatchObject({ credential: parentApp.clientId, status: 200 });
});

test('reads all pages with list and each', async () => {
  const client = withBasic();
  const whole = (await client.messages.list({ pageSize: 1000 })).map(({ sid }) => sid);
  expect(whole.length).toBeGreaterThan(350);
  const each: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error) => (error ? reject(error) : resolve());
    client.messages.each({ pageSize: 37, done }, ({ sid }) => each.push(sid));
  });
  expect(each).toEqual(whole);
});

test('pages forward and back, and opens a page by its URL', async () => {
  const { messages } = withBasic();
  const first = await messages.page({ pageSize: 20 });
  const second = await first.nextPage();
  const back = await second?.previousPage();
  expect(second?.instances[0]?.sid).not.toBe(first.instances[0]?.sid);
  expect(back?.instances.map(({ sid }) => sid)).toEqual(first.instances.map(({ sid }) => sid));
  const again = await messages.getPage(first.nextPageUrl ?? '');
  expect(again.instances.map(({ sid }) => sid)).toEqual(second?.instances.map(({ sid }) => sid));
});

test('filters by day, by bounds, by sender and by recipient', async () => {
  const { messages } = withBasic();
  const [from, to] = [new Date(EPOCH - 20 * 86_400_000), new Date(EPOCH - 10 * 86_400_000)];
  const between = await messages.list({ dateSentAfter: from, dateSentBefore: to });
  expect(between.length).toBeGreaterThan(0);
  for (const { dateSent } of between) {
    expect(dateSent.getTime()).toBeGreaterThanOrEqual(from.getTime());
    expect(dateSent.getTime()).toBeLessThanOrEqual(to.getTime());
  }
  const sample = between[0];
  const day = await messages.list({ dateSent: sample?.dateSent as Date });
  expect(day.map(({ sid }) => sid)).toContain(sample?.sid);
  const pair = await messages.list({ from: sample?.from as string, to: sample?.to as string });
  expect(new Set(pair.map((row) => `${row.from} ${row.to}`))).toEqual(
    new Set([`${sample?.from} ${sample?.to}`]),
  );
});

test('fetches a message and its media', async () => {
  const client = withOAuth();
  const withMedia = (await client.messages.list()).find(({ numMedia }) => numMedia !== '0');
  const message = await client.messages(withMedia?.sid ?? '').fetch();
  expect(message).toMatchObject({ sid: withMedia?.sid, numMedia: withMedia?.numMedia });
  const media = await message.media().list();
  expect(media).toHaveLength(Number(message.numMedia));
  expect(media[0]).toMatchObject({ parentSid: message.sid, accountSid: parent.sid });
});

test('lists and fetches accounts', async () => {
  const { api } = withBasic();
  const all = await api.v2010.accounts.list({ pageSize: 2 });
  expect(all.map(({ sid }) => sid)).toEqual([
    parent.sid,
    sandbox.accounts.closed.sid,
    sandbox.accounts.suspended.sid,
    active.sid,
  ]);
  expect(await api.v2010.accounts.list({ status: 'suspended' })).toHaveLength(1);
  const one = await api.v2010.accounts(active.sid).fetch();
  expect(one).toMatchObject({ ownerAccountSid: parent.sid, type: 'Full', authToken: active.authToken });
});

test("reads a subaccount with the parent's auth token, but not with its OAuth app", async () => {
  const messages = await withBasic(parent.sid, parent.authToken, active.sid).messages.list({ limit: 1 });
  expect(messages[0]?.accountSid).toBe(active.sid);
  await expect(withOAuth(parentApp, active.sid).messages.list({ limit: 1 })).rejects.toMatchObject({
    status: 401,
    code: 70051,
  });
  expect(await withOAuth(activeApp).messages.list({ limit: 1 })).toHaveLength(1);
});

test.each([
  [
    'an unknown message',
    404,
    20404,
    () =>
      withBasic()
        .messages(`SM${'0'.repeat(32)}`)
        .fetch(),
  ],
  ['a wrong auth token', 401, 20003, () => withBasic(parent.sid, 'wrong').messages.list()],
  ['a date past retention', 400, 20004, () => withBasic().messages.list({ dateSentAfter: new Date(0) })],
  ['a bare page number', 400, 20001, () => withBasic().messages.page({ pageNumber: 3 })],
])('throws RestException for %s', async (_, status, code, act) => {
  const more = `https://www.twilio.com/docs/errors/${code}`;
  await expect(act()).rejects.toMatchObject({ status, code, moreInfo: more });
});

test('works with plain fetch on the same port', async () => {
  const authorization = basic(parent.sid, parent.authToken);
  const response = await fetch(listener.url + kit.messages, { headers: { authorization } });
  expect(response.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
});

test('fetches a media item', async () => {
  const [message] = (await withBasic().messages.list()).filter(({ numMedia }) => numMedia !== '0');
  const media = withBasic().messages(message?.sid ?? '').media;
  const [listed] = await media.list();
  const fetched = await media(listed?.sid ?? '').fetch();
  expect(fetched.toJSON()).toEqual(listed?.toJSON());
});

test("Twilio's own client sees deletions, redactions and rejected messages", async () => {
  const client = withBasic();
  const before = await client.messages.list({ pageSize: 1000 });
  sandbox.set({ deleted: 0.2, redacted: 0.3, undated: 0.3 });
  const after = await client.messages.list({ pageSize: 1000 });
  const sids = new Set(after.map(({ sid }) => sid));
  const gone = before.filter(({ sid }) => !sids.has(sid));
  expect(gone.length).toBeGreaterThan(20);
  await expect(client.messages(gone[0]?.sid ?? '').fetch()).rejects.toMatchObject({
    status: 404,
    code: 20404,
  });
  expect(after.filter(({ body }) => body === '').length).toBeGreaterThan(60);
  const rejected = after.find(({ dateSent, status }) => dateSent === null && status === 'failed');
  expect(rejected?.dateCreated).toBeInstanceOf(Date);
  sandbox.set({ deleted: 0, redacted: 0, undated: 0 });
});

test('reads usage records page by page', async () => {
  const { records } = withOAuth().usage;
  const days = await records.daily.list({ category: 'sms', pageSize: 20 });
  expect(days.length).toBeGreaterThan(60);
  expect(new Set(days.map(({ startDate }) => String(startDate))).size).toBe(days.length);
  const [total] = await records.allTime.list({ category: 'sms' });
  expect(total?.count).toBe(String(days.reduce((sum, { count }) => sum + Number(count), 0)));
  const months = await records.monthly.list({ category: 'totalprice' });
  expect(months[0]).toMatchObject({ priceUnit: 'usd', usageUnit: 'usd', accountSid: parent.sid });
});
