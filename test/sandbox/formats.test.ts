import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, basic, bearer, requestToken, sandboxKit } from './kit.ts';

const kit = sandboxKit({ messages: 600 });
const { sandbox, parent, active, parentApp, messages } = kit;
const authorization = basic(parent.sid, parent.authToken);
const rows = await kit.walk(`${messages}?PageSize=1000`);
const mediaPath =
  at(
    rows.filter(({ num_media }) => num_media === '3'),
    0,
  ).subresource_uris.media ?? '';
const media = (await kit.get(mediaPath)).body.media_list;

const fetchAt = (path: string, headers: Record<string, string> = { authorization }) =>
  sandbox.fetch(`https://api.twilio.com${path}`, { headers });

/** The first bytes of each file type. */
const BEGINNINGS: Record<string, string> = {
  'image/jpeg': 'ffd8ff',
  'image/png': '89504e47',
  'image/gif': '474946',
  'application/pdf': '255044462d',
  'video/mp4': '0000001866747970',
};

describe('a media item', () => {
  test('is the same as in the list', async () => {
    for (const item of media) expect((await kit.get(item.uri ?? '')).body).toEqual(item);
  });

  test('has its file at the same URI without .json, which redirects to where it is stored', async () => {
    const all = rows.filter(({ num_media }) => num_media !== '0').slice(0, 40);
    const types = new Set<string>();
    for (const { subresource_uris } of all) {
      for (const item of (await kit.get(subresource_uris.media ?? '')).body.media_list) {
        const moved = await fetchAt((item.uri ?? '').replace(/\.json$/, ''));
        expect(moved.status).toBe(307);
        const response = await kit.sandbox.fetch(moved.headers.get('location') ?? '');
        const type = item.content_type ?? '';
        expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
        const bytes = Buffer.from(await response.arrayBuffer());
        expect(bytes.toString('hex').startsWith(BEGINNINGS[type] ?? '-')).toBe(true);
        types.add(type);
      }
    }
    expect([...types].sort()).toEqual(Object.keys(BEGINNINGS).sort());
  });

  test('needs a credential of its account and the media permission', async () => {
    const path = media[0]?.uri ?? '';
    const file = path.replace(/\.json$/, '');
    const asApp = { authorization: await bearer(sandbox, parentApp) };
    for (const one of [path, file]) {
      expect((await fetchAt(one, {})).status).toBe(401);
      expect((await fetchAt(one, { authorization: basic(active.sid, active.authToken) })).status).toBe(401);
      expect((await fetchAt(one, asApp)).status).toBe(one === file ? 307 : 200);
    }
    sandbox.setPermissions(parentApp.clientId, ['/twilio/messaging/messages/read']);
    for (const one of [path, file]) expect((await fetchAt(one, asApp)).status).toBe(401);
  });

  test('that is unknown or belongs to another message is 404', async () => {
    const [first, second] = rows.filter(({ num_media }) => num_media === '1');
    const { body } = await kit.get(first?.subresource_uris.media ?? '');
    const uri = at(body.media_list, 0).uri ?? '';
    for (const path of [
      uri.replace(/ME[0-9a-f]{32}/, `ME${'0'.repeat(32)}`),
      uri.replace(first?.sid ?? '', second?.sid ?? ''),
      uri.replace(/ME[0-9a-f]{32}/, 'ME12'),
      `${uri.replace('.json', '')}/x.json`,
    ]) {
      expect((await fetchAt(path)).status).toBe(404);
      expect((await fetchAt(path.replace(/\.json$/, ''))).status).toBe(404);
    }
  });
});

describe('over HTTP', () => {
  let listener: Awaited<ReturnType<typeof sandbox.listen>>;
  beforeAll(async () => {
    listener = await sandbox.listen();
  });
  afterAll(() => listener.close());

  test('a file is the same as in-process, and in parts', async () => {
    const path = (media[0]?.uri ?? '').replace(/\.json$/, '');
    const location = (await fetchAt(path)).headers.get('location') ?? '';
    const inProcess = Buffer.from(await (await sandbox.fetch(location)).arrayBuffer());
    const response = await fetch(listener.url + location);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(inProcess);
    expect(response.headers.get('content-length')).toBe(String(inProcess.byteLength));
    const part = await fetch(listener.url + location, { headers: { range: 'bytes=2-5' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-5/${inProcess.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(inProcess.subarray(2, 6));
  });

  test('a stored file needs no authentication, and rejects a second one', async () => {
    const path = (media[0]?.uri ?? '').replace(/\.json$/, '');
    const location = (await fetchAt(path)).headers.get('location') ?? '';
    expect((await fetch(listener.url + location, { headers: { authorization } })).status).toBe(400);
  });

  test('faults apply to the requests for files too', async () => {
    const path = (media[0]?.uri ?? '').replace(/\.json$/, '');
    sandbox.set({ htmlInsteadOfJson: { next: 1 }, htmlStatus: 502 });
    const html = await fetch(listener.url + path, { headers: { authorization } });
    expect([html.status, await html.text()]).toEqual([502, expect.stringContaining('<html>')]);
  });
});

describe('.csv', () => {
  const lines = async (path: string) => {
    const response = await fetchAt(path);
    expect(response.headers.get('content-type')).toBe('text/csv');
    return { status: response.status, lines: (await response.text()).trimEnd().split('\r\n') };
  };

  test('of a list has a header and a line for each item of the page', async () => {
    const page = `${messages.replace('.json', '.csv')}?PageSize=7`;
    const { status, lines: all } = await lines(page);
    expect([status, all.length]).toEqual([200, 8]);
    expect(all[0]?.split(',')).toEqual(expect.arrayContaining(['sid', 'from', 'to', 'body', 'date_sent']));
    const column = all[0]?.split(',').indexOf('sid') ?? -1;
    expect(column).toBeGreaterThan(-1);
    const json = (await kit.get(`${messages}?PageSize=7`)).body.messages;
    for (const [index, { sid }] of json.entries()) expect(all[index + 1]).toContain(sid);
  });

  test('supports filters and quotes values', async () => {
    const body = 'a "quoted", text\r\nin two lines';
    const { sid } = sandbox.addMessage('parent', { body, from: '+12125550199' });
    const text = await (await fetchAt(`${messages.replace('.json', '.csv')}?From=%2B12125550199`)).text();
    expect(text).toContain('"a ""quoted"", text\r\nin two lines"');
    expect(text).toContain(sid);
  });

  test.each([
    ['accounts', '/2010-04-01/Accounts.csv', 'friendly_name'],
    ['an account', `/2010-04-01/Accounts/${parent.sid}.csv`, 'friendly_name'],
    ['a message', at(rows, 0).uri.replace('.json', '.csv'), 'status'],
    ['media', mediaPath.replace('.json', '.csv'), 'content_type'],
    ['a media item', (media[0]?.uri ?? '').replace('.json', '.csv'), 'content_type'],
  ])('of %s', async (_what, path, name) => {
    const { status, lines: all } = await lines(path);
    expect([status, all[0]?.split(',').includes(name)]).toEqual([200, true]);
    expect(all.length).toBeGreaterThan(1);
  });

  test('of an error is the error', async () => {
    const { status, lines: all } = await lines(
      at(rows, 0).uri.replace(/SM.*|MM.*/, `SM${'0'.repeat(32)}.csv`),
    );
    expect(status).toBe(404);
    expect(all).toEqual(['code,message,more_info,status', expect.stringMatching(/^20404,.*,404$/)]);
  });
});

test.each(['.txt', '.csv.json', '.jso', '.json.csv'])('another extension (%s) is 404', async (ending) => {
  expect((await fetchAt(messages.replace('.json', ending))).status).toBe(404);
});

describe('every 401 has a WWW-Authenticate header', () => {
  const challenge = 'Basic realm="Twilio API"';

  test.each(['.json', '.csv', ''])('of a resource%s', async (ending) => {
    const path = messages.replace('.json', ending);
    for (const headers of [
      {},
      { authorization: 'Bearer x' },
      { authorization: basic(parent.sid, 'wrong') },
    ] as Record<string, string>[]) {
      const response = await fetchAt(path, headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge]);
    }
  });

  test('of the token endpoint; other statuses have none', async () => {
    const form = { client_id: parentApp.clientId, client_secret: 'x', grant_type: 'client_credentials' };
    const wrong = await requestToken(sandbox, form);
    expect([wrong.status, wrong.headers.has('www-authenticate')]).toEqual([401, true]);
    expect((await fetchAt(messages)).headers.has('www-authenticate')).toBe(false);
    expect((await fetchAt(`${messages}?Page=1`)).headers.has('www-authenticate')).toBe(false);
  });
});

test('messages without a Messaging Service get the default one, if switched on', async () => {
  const one = sandboxKit({ messages: 300 });
  one.sandbox.addMessage('parent');
  const before = await one.walk(one.messages);
  expect(before.some(({ messaging_service_sid }) => messaging_service_sid === null)).toBe(true);
  one.sandbox.set({ defaultMessagingService: true });
  const after = await one.walk(one.messages);
  const added = new Set<string | null>();
  for (const [index, row] of after.entries()) {
    const { messaging_service_sid: earlier, ...rest } = at(before, index);
    expect(row).toEqual({
      ...rest,
      messaging_service_sid: earlier ?? expect.stringMatching(/^MG[0-9a-f]{32}$/),
    });
    if (earlier === null) added.add(row.messaging_service_sid);
  }
  expect(added.size).toBe(1);
  const first = at(after, 0);
  expect((await one.get<{ messaging_service_sid: string }>(first.uri)).body.messaging_service_sid).toBe(
    first.messaging_service_sid,
  );
  const other = (await one.get(one.messages.replace(one.parent.sid, one.active.sid))).body.messages;
  expect(other.some(({ messaging_service_sid: sid }) => sid !== null && added.has(sid))).toBe(false);
});
