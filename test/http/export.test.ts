import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { END_OF_EXPORT, safeCell } from '../../src/http/export-format.ts';
import { readAll, sidsOf } from '../reads/rows.ts';
import { listening } from './kit.ts';

type Row = Record<string, string>;

const parseCsv = (text: string): Row[] => parse(text, { columns: true, bom: true, record_delimiter: '\r\n' });
const parseLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function kitOf(messages = 2_500, options: Parameters<typeof listening>[0] = {}) {
  const kit = await listening({ sandbox: { messages }, ...options });
  return {
    ...kit,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${kit.url}/export/${path}`, { headers }),
  };
}

describe('an export', () => {
  test('as CSV equals the API row by row', async () => {
    const { get, ...kit } = await kitOf();
    const rows = await readAll(kit);
    const response = await get('messages.csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="messages.csv"');
    const exported = parseCsv(await response.text());
    const end = exported.pop();
    expect(exported.map(({ sid }) => sid)).toEqual(sidsOf(rows));
    for (const [index, row] of rows.entries()) {
      const { body, to, price, dateSent, errorCode } = exported[index] ?? {};
      const expected = [
        safeCell(row.body ?? ''),
        row.to ?? '',
        row.price ?? '',
        row.dateSent ?? '',
        String(row.errorCode ?? ''),
      ];
      expect([body, to, price, dateSent, errorCode]).toEqual(expected);
    }
    expect(end?.sid).toBe(END_OF_EXPORT);
    expect(JSON.parse(end?.accountSid ?? '')).toEqual({
      complete: true,
      count: rows.length,
      newest: rows[0]?.dateCreated,
      oldest: rows.at(-1)?.dateCreated,
      scannedCount: rows.length,
      historyTruncated: false,
      unavailable: [],
      cursor: null,
      error: null,
    });
  });

  test('as NDJSON, with a filter, of all accounts', async () => {
    const { get, ...kit } = await kitOf(1_200);
    const { parent, active } = kit.sandbox.accounts;
    const rows = [...(await readAll(kit, parent.sid)), ...(await readAll(kit, active.sid))];
    const failed = rows.filter(({ status }) => status === 'FAILED');
    const query = new URLSearchParams({ in: '{"all":true}', filter: '{"status":["FAILED"]}' });
    const lines = parseLines(await (await get(`messages.ndjson?${query}`)).text());
    const { export: summary } = lines.pop();
    expect(lines.map(({ sid }) => sid).sort()).toEqual(sidsOf(failed).sort());
    expect(summary).toMatchObject({ complete: true, count: failed.length, scannedCount: rows.length });
  });

  test('of a thread has its messages, by an id that shows no number', async () => {
    const { get, sandbox, query } = await kitOf(100);
    const person = '+14155550125';
    const sids = [
      sandbox.addMessage('parent', { to: person }),
      sandbox.addMessage('parent', { direction: 'inbound', from: `whatsapp:${person}`, status: 'received' }),
      sandbox.addMessage('active', { to: person, status: 'failed', error_code: 30003 }),
    ].map(({ sid }) => sid);
    const { data } = await query(`{ thread(with: "${person}", in: { all: true }) { id } }`);
    const { id } = data.thread;
    const { export: summary, ...none } = parseLines(
      await (await get(`messages.ndjson?thread=${id}`)).text(),
    ).at(-1);
    expect([none, summary]).toMatchObject([{}, { complete: true }]);
    const rows = parseCsv(await (await get(`messages.csv?thread=${id}&cursors=true`)).text());
    expect(rows.map(({ sid }) => sid)).toEqual(expect.arrayContaining(sids));
    expect(rows.filter(({ from, to }) => ![from, to].some((one) => one?.includes(person.slice(1))))).toEqual(
      rows.slice(-1),
    );
    const failed = await get(`messages.ndjson?thread=${id}&filter={"outcome":["FAILED"]}`);
    expect(parseLines(await failed.text())).toContainEqual(expect.objectContaining({ sid: sids[2] }));
    const [first] = rows;
    const rest = await get(`messages.csv?thread=${id}&after=${first?.cursor}`);
    expect((await rest.text()).split('\r\n')[0]).toContain(rows[1]?.sid);
  });

  test('continues from the cursor of any row, to the same bytes', async () => {
    const { get } = await kitOf(1_500);
    const whole = await (await get('messages.csv?cursors=true')).text();
    const rows = parseCsv(whole);
    const row = rows[1_100];
    const cut = whole.slice(0, whole.indexOf(`${row?.cursor}\r\n`) + (row?.cursor?.length ?? 0) + 2);
    const rest = await (await get(`messages.csv?cursors=true&after=${row?.cursor}`)).text();
    const summary = (text: string) => text.slice(0, text.lastIndexOf(END_OF_EXPORT));
    expect(summary(cut + rest)).toBe(summary(whole));
  });

  test('quotes every line break in a cell', async () => {
    const { get, sandbox } = await kitOf(10);
    const bodies = ['one\ntwo', 'one\rtwo', 'one\r\ntwo', 'say "hi"\n'];
    for (const body of bodies) sandbox.addMessage('parent', { body });
    const text = await (await get('messages.csv')).text();
    expect(text.replaceAll(/"(?:[^"]|"")*"/g, '').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const exported = parse(text, { columns: true }) as Row[];
    expect(exported.map(({ body }) => body)).toEqual(expect.arrayContaining(bodies));
  });

  test('begins with a byte order mark on request', async () => {
    const { get } = await kitOf(50);
    const bytes = Buffer.from(await (await get('messages.csv?bom=true')).arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  });

  test('ends at the limit, and says so', async () => {
    const { get } = await kitOf(500, { limits: { maxExportRows: 120 } });
    const lines = parseLines(await (await get('messages.ndjson')).text());
    const { export: summary } = lines.pop();
    expect(lines).toHaveLength(120);
    expect(summary).toMatchObject({ complete: false, count: 120, error: { code: 'EXPORT_LIMIT' } });
    const next = parseLines(await (await get(`messages.ndjson?after=${summary.cursor}`)).text());
    expect(next[0].sid).not.toBe(lines.at(-1)?.sid);
    expect(new Set([...lines, ...next].map(({ sid }) => sid)).size).toBe(lines.length + next.length);
  });

  test('that fails half-way says so in its last line', async () => {
    const { get, sandbox } = await kitOf(2_500, { config: { upstreamTimeoutMs: 300 } });
    sandbox.set({ pageTokenRefused: { next: 1 } });
    const lines = parseLines(await (await get('messages.ndjson')).text());
    const { export: summary } = lines.pop();
    expect(lines).toHaveLength(1_000);
    expect(summary).toMatchObject({ complete: false, count: 1_000, error: { code: expect.any(String) } });
    expect(summary.cursor).not.toBeNull();
  });

  test.each([
    ['messages.csv?filter={', 400, 'BAD_REQUEST'],
    ['messages.csv?filter={"status":["NO"]}', 422, 'BAD_USER_INPUT'],
    ['messages.csv?after=x', 422, 'CURSOR_INVALID'],
    ['messages.csv?in={"sids":[]}', 422, 'ACCOUNT_SELECTION_INVALID'],
    ['messages.csv?thread=x', 422, 'BAD_USER_INPUT'],
    [`messages.csv?thread=${btoa(`Thread:${'A'.repeat(60)}`)}`, 404, 'NOT_FOUND'],
    ['messages.xlsx', 404, 'PATH_UNKNOWN'],
  ])('%s is rejected', async (path, status, code) => {
    const { get } = await kitOf(10);
    const response = await get(path);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([status, code]);
  });

  describe('of a period', () => {
    const NOW = Date.UTC(2026, 10, 22, 15, 30);
    const since = '2026-03-20T05:00:00Z';
    const filterOf = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;
    const open = (options: Parameters<typeof listening>[0] = {}) =>
      kitOf(5_000, {
        now: () => NOW,
        sandbox: { messages: 5_000, epoch: NOW, clock: () => NOW },
        ...options,
      });

    test.each([
      ['that has not ended', { dateSent: { since } }],
      ['that has ended', { dateSent: { since, until: '2026-11-20T23:59:59Z' } }],
      ['and a filter of the gateway', { dateSent: { since }, status: ['DELIVERED', 'FAILED'] }],
    ])('%s equals the API row by row; its days are read side by side', async (_name, filter) => {
      const { get, ...kit } = await open();
      const { until, since: from } = filter.dateSent as { since: string; until?: string };
      const statuses = (filter as { status?: string[] }).status;
      const rows = (await readAll(kit)).filter(
        ({ dateSent, status }) =>
          dateSent !== null &&
          Date.parse(dateSent) >= Date.parse(from) &&
          Date.parse(dateSent) <= Date.parse(until ?? '2100-01-01') &&
          (!statuses || statuses.includes(status)),
      );
      expect(rows.length).toBeGreaterThan(1_000);
      kit.sandbox.clearCalls();
      const lines = parseLines(await (await get(`messages.ndjson?${filterOf(filter)}`)).text());
      const { export: summary } = lines.pop();
      expect(sidsOf(lines)).toEqual(sidsOf(rows));
      expect(summary).toMatchObject({ complete: true, count: rows.length, cursor: null, error: null });
      const ranges = kit.sandbox.calls.map(
        ({ path }) => /DateSent>=[^&]*/.exec(decodeURIComponent(path))?.[0],
      );
      // The first page, and then slices before the first of them has ended.
      expect(new Set(ranges.slice(1, 4)).size).toBeGreaterThan(1);
    });

    test('of a thread has its messages, by an id that shows no number', async () => {
      const { get, sandbox, query } = await kitOf(100);
      const person = '+14155550125';
      const sids = [
        sandbox.addMessage('parent', { to: person }),
        sandbox.addMessage('parent', {
          direction: 'inbound',
          from: `whatsapp:${person}`,
          status: 'received',
        }),
        sandbox.addMessage('active', { to: person, status: 'failed', error_code: 30003 }),
      ].map(({ sid }) => sid);
      const { data } = await query(`{ thread(with: "${person}", in: { all: true }) { id } }`);
      const { id } = data.thread;
      const { export: summary, ...none } = parseLines(
        await (await get(`messages.ndjson?thread=${id}`)).text(),
      ).at(-1);
      expect([none, summary]).toMatchObject([{}, { complete: true }]);
      const rows = parseCsv(await (await get(`messages.csv?thread=${id}&cursors=true`)).text());
      expect(rows.map(({ sid }) => sid)).toEqual(expect.arrayContaining(sids));
      expect(
        rows.filter(({ from, to }) => ![from, to].some((one) => one?.includes(person.slice(1)))),
      ).toEqual(rows.slice(-1));
      const failed = await get(`messages.ndjson?thread=${id}&filter={"outcome":["FAILED"]}`);
      expect(parseLines(await failed.text())).toContainEqual(expect.objectContaining({ sid: sids[2] }));
      const [first] = rows;
      const rest = await get(`messages.csv?thread=${id}&after=${first?.cursor}`);
      expect((await rest.text()).split('\r\n')[0]).toContain(rows[1]?.sid);
    });

    test('continues from the cursor of any row, also at the end of a slice, to the same rows', async () => {
      const { get } = await open();
      const path = `messages.csv?cursors=true&${filterOf({ dateSent: { since } })}`;
      const whole = await (await get(path)).text();
      const rows = parseCsv(whole);
      rows.pop();
      const slices = rows.map(({ cursor = '' }) => cursor.split('~')[0]);
      const ends = rows.flatMap((_, index) => (slices[index] === slices[index + 1] ? [] : [index]));
      expect(ends.length).toBeGreaterThan(1);
      const withoutCursors = (text: string) => parseCsv(text).map(({ cursor: _, ...row }) => row);
      const expected = rows.map(({ cursor: _, ...row }) => row);
      for (const index of [1_234, ends[0] ?? 0]) {
        const { cursor = '' } = rows[index] ?? {};
        const cut = whole.slice(0, whole.indexOf(`${cursor}\r\n`) + cursor.length + 2);
        const rest = await (await get(`${path}&after=${encodeURIComponent(cursor)}`)).text();
        expect(withoutCursors(cut + rest).slice(0, -1)).toEqual(expected);
      }
    });

    test('ends at the limit and continues there, until everything was exported once', async () => {
      const { get, ...kit } = await open({ limits: { maxExportRows: 1_700 } });
      const rows = (await readAll(kit)).filter(({ dateSent }) => dateSent !== null && dateSent >= since);
      const found: string[] = [];
      for (let after: string | null = null; ; ) {
        const more: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
        const lines = parseLines(
          await (await get(`messages.ndjson?${filterOf({ dateSent: { since } })}${more}`)).text(),
        );
        const { export: summary } = lines.pop();
        found.push(...sidsOf(lines));
        after = summary.cursor;
        if (after === null) break;
        expect(summary.error.code).toBe('EXPORT_LIMIT');
      }
      expect(found).toEqual(sidsOf(rows));
    });

    test('that fails half-way continues at its last cursor', async () => {
      const { get, sandbox, ...kit } = await open();
      const rows = (await readAll({ sandbox, ...kit })).filter(
        ({ dateSent }) => dateSent !== null && dateSent >= since,
      );
      sandbox.set({ pageTokenRefused: { next: 2 } });
      const path = `messages.ndjson?${filterOf({ dateSent: { since } })}`;
      const lines = parseLines(await (await get(path)).text());
      const { export: summary } = lines.pop();
      expect(summary).toMatchObject({ complete: false, error: { code: expect.any(String) } });
      sandbox.set({ pageTokenRefused: 0 });
      const rest = parseLines(
        await (await get(`${path}&after=${encodeURIComponent(summary.cursor)}`)).text(),
      );
      expect(rest.pop().export.complete).toBe(true);
      expect(sidsOf([...lines, ...rest])).toEqual(sidsOf(rows));
    });

    test.each(['2024-01-01T00:00:00Z', '0001-01-01T00:00:00Z'])(
      'that begins at %s, before Twilio stores messages, has all there are, in few reads, and says so',
      async (from) => {
        const { get, ...kit } = await open();
        const rows = (await readAll(kit)).filter(({ dateSent }) => dateSent !== null);
        kit.sandbox.clearCalls();
        const lines = parseLines(
          await (await get(`messages.ndjson?${filterOf({ dateSent: { since: from } })}`)).text(),
        );
        const { export: summary } = lines.pop();
        expect(sidsOf(lines)).toEqual(sidsOf(rows));
        expect(summary).toMatchObject({ complete: false, historyTruncated: true, cursor: null, error: null });
        expect(kit.sandbox.calls.length).toBeLessThan(30);
      },
    );

    test('of which Twilio stores nothing is rejected', async () => {
      const { get } = await open();
      const filter = { dateSent: { since: '2001-01-01T00:00:00Z', until: '2001-12-31T00:00:00Z' } };
      const { errors } = (await (await get(`messages.csv?${filterOf(filter)}`)).json()) as {
        errors: { extensions: { code: string } }[];
      };
      expect(errors[0]?.extensions.code).toBe('MESSAGE_HISTORY_LIMIT');
    });

    test('a cursor that cuts centuries into days is rejected', async () => {
      const { get } = await open();
      const path = `messages.csv?${filterOf({ dateSent: { since: '0001-01-01T00:00:00Z' } })}&after=20700%2B1~`;
      const { errors } = (await (await get(path)).json()) as { errors: { extensions: { code: string } }[] };
      expect(errors[0]?.extensions.code).toBe('CURSOR_INVALID');
    });

    test.each(['99999+1~', '0+0~x', '1+1~', '20780+1~x', '~'])('rejects the cursor %j', async (after) => {
      const { get } = await open();
      const path = `messages.csv?${filterOf({ dateSent: { since } })}&after=${encodeURIComponent(after)}`;
      const { errors } = (await (await get(path)).json()) as { errors: { extensions: { code: string } }[] };
      expect(errors[0]?.extensions.code).toBe('CURSOR_INVALID');
    });
  });

  test('needs a key where GraphQL needs one', async () => {
    const { get } = await kitOf(10, { config: { adminKey: 'a'.repeat(40) } });
    expect((await get('messages.csv')).status).toBe(401);
    expect((await get('messages.csv', { authorization: `Bearer ${'a'.repeat(40)}` })).status).toBe(200);
  });

  test('is one of two that a caller may have', async () => {
    const { get, sandbox } = await kitOf(2_500);
    sandbox.set({ latencyMs: 200 });
    const responses = await Promise.all([get('messages.csv'), get('messages.csv'), get('messages.csv')]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    await Promise.all(responses.map((response) => response.text()));
    expect((await get('messages.ndjson')).status).toBe(200);
  });
});

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-2+3', "'-2+3"],
  ['+cmd', "'+cmd"],
  ['\t=1', "'\t=1"],
  ['+14155550100', '+14155550100'],
  ['-0.00750', '-0.00750'],
  ['Hello = you', 'Hello = you'],
  ['', ''],
])('the cell %j becomes %j', (text, cell) => expect(safeCell(text)).toBe(cell));
