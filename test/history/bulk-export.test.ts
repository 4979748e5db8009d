import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHistoryImport } from '../../src/admin/history-import.ts';
import { BulkExportError, readBulkExport } from '../../src/history/bulk-export.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

import type { WireMessage } from '../../src/twilio/resources/messages.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const ADMIN = { name: 'cli', role: 'ADMIN', origin: 'cli' } as const;

/** A record as in the files of Bulk Export. */
function record(number: number, change: object = {}) {
  return {
    sid: `SM${number.toString(16).padStart(32, '0')}`,
    account_sid: ACCOUNT,
    body: 'planted text',
    from: '+12125550100',
    to: '+12125550101',
    direction: 'outbound-api',
    status: 'delivered',
    error_code: null,
    num_segments: 1,
    num_media: '0',
    price: -0.0079,
    flags: ['outbound'],
    date_created: '2024-02-01T10:00:00Z',
    date_sent: '2024-02-01T10:00:01Z',
    date_updated: '2024-02-01T10:00:02Z',
    ...change,
  };
}

const linesOf = (...records: object[]) => records.map((one) => JSON.stringify(one)).join('\n');

async function* chunksOf(bytes: Uint8Array | string, size = 10) {
  const all = Buffer.from(bytes);
  for (let from = 0; from < all.length; from += size) yield all.subarray(from, from + size);
}

async function read(bytes: Uint8Array | string, size?: number) {
  const found: WireMessage[] = [];
  for await (const { message } of readBulkExport(chunksOf(bytes, size))) found.push(message);
  return found;
}

async function openHistory() {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-import-'));
  const history = await openSqliteHistory(join(folder, 'history.db'));
  onTestFinished(async () => {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await history.setPolicy({
    accountSid: ACCOUNT,
    enabled: true,
    paused: false,
    keepsBodies: true,
    days: null,
  });
  const entries: unknown[] = [];
  const importHistory = createHistoryImport(history, async (_actor, action, _target, detail) => {
    entries.push({ action, ...detail });
  });
  const load = (bytes: Uint8Array | string) =>
    importHistory(ADMIN, { name: '2024-02-01.json.gz', chunks: chunksOf(bytes, 1000) });
  return { history, entries, load };
}

describe('a file of Bulk Export', () => {
  test.each([
    ['compressed', (text: string) => gzipSync(text)],
    ['of two compressed parts', (text: string) => Buffer.concat([gzipSync(''), gzipSync(text)])],
    ['plain', (text: string) => Buffer.from(text)],
    ['with Windows line ends', (text: string) => Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n\r\n`)],
  ])('%s has one message a line, and what it leaves out is null', async (_name, pack) => {
    const found = await read(pack(linesOf(record(1, { body: 'ü🙂' }), record(2, { date_sent: null }))));
    expect(found).toEqual([
      {
        ...record(1),
        flags: undefined,
        body: 'ü🙂',
        error_message: null,
        num_segments: '1',
        price: '-0.0079',
        price_unit: null,
        messaging_service_sid: null,
        date_created: 'Thu, 01 Feb 2024 10:00:00 +0000',
        date_sent: 'Thu, 01 Feb 2024 10:00:01 +0000',
        date_updated: 'Thu, 01 Feb 2024 10:00:02 +0000',
      },
      expect.objectContaining({ sid: record(2).sid, date_sent: null }),
    ]);
  });

  test.each([
    ['2024-02-01 10:00:00', 'Thu, 01 Feb 2024 10:00:00 +0000'],
    ['2024-02-01T10:00:00.123+02:00', 'Thu, 01 Feb 2024 08:00:00 +0000'],
    ['2024-02-01', 'Thu, 01 Feb 2024 00:00:00 +0000'],
  ])('the date %s is %s', async (date_created, expected) => {
    expect(await read(linesOf(record(1, { date_created })))).toMatchObject([{ date_created: expected }]);
  });

  test('an error code can be a text, and 0 is none', async () => {
    const found = await read(linesOf(record(1, { error_code: '30003' }), record(2, { error_code: 0 })));
    expect(found.map(({ error_code }) => error_code)).toEqual([30003, null]);
  });

  test.each([
    ['no JSON', 'planted', 'it is not JSON'],
    ['an array', '[1]', 'expected a message, got an array'],
    ['no date', linesOf(record(3, { date_created: 'planted' })), 'it has no date_created'],
    ['no SID', linesOf(record(3, { sid: 'planted' })), 'sid'],
    ['an endless line', 'planted'.repeat(200_000), 'it has more than a million characters'],
    ['a call', linesOf(record(3, { sid: `CA${'0'.repeat(32)}` })), 'sid'],
  ])('%s is an error with the line, without its text', async (_name, line, why) => {
    const error = await read(`${linesOf(record(1))}\n${line}`, 10_000).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BulkExportError);
    expect(error).toMatchObject({ line: 2, message: expect.stringContaining(why) });
    expect(error.message).not.toContain('planted');
  });

  test('a file that was cut off is an error', async () => {
    const whole = gzipSync(linesOf(...Array.from({ length: 500 }, (_, number) => record(number * 7919))));
    const error = await read(whole.subarray(0, whole.length - 20), 100).catch((thrown) => thrown);
    expect(error).toMatchObject({ message: 'the compressed data is damaged or incomplete' });
  });

  test('any bytes give messages or that error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, packed) => {
        await read(packed ? gzipSync(bytes) : bytes).catch((error) =>
          expect(error).toBeInstanceOf(BulkExportError),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('an import', () => {
  test('adds messages once, and replaces older ones only', async () => {
    const { history, entries, load } = await openHistory();
    const file = gzipSync(linesOf(...Array.from({ length: 2_500 }, (_, number) => record(number))));
    expect(await load(file)).toEqual({ read: 2500, inserted: 2500, updated: 0 });
    expect(await load(file)).toEqual({ read: 2500, inserted: 0, updated: 0 });
    expect((await history.status(ACCOUNT)).messages).toBe(2500);

    const full = { ...(await history.find(ACCOUNT, record(1).sid)), price_unit: 'USD' };
    await history.savePage({ accountSid: ACCOUNT, readAt: new Date(), messages: [full as never] });
    const later = { date_updated: '2024-02-03T00:00:00Z', status: 'read' };
    expect(await load(linesOf(record(1), record(2, later)))).toMatchObject({ inserted: 0, updated: 1 });
    expect(await history.find(ACCOUNT, record(1).sid)).toMatchObject({ price_unit: 'USD' });
    expect(await history.find(ACCOUNT, record(2).sid)).toMatchObject({ status: 'read' });
    expect(entries).toHaveLength(3);
    expect(entries[0]).toEqual({
      action: 'history.import',
      file: '2024-02-01.json.gz',
      read: 2500,
      inserted: 2500,
      updated: 0,
    });
  });

  test('stops at a message of an account that is not enabled', async () => {
    const { history, load } = await openHistory();
    const other = record(2, { account_sid: `AC${'b'.repeat(32)}` });
    await expect(load(linesOf(record(1), other))).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: expect.stringContaining('Line 2 of 2024-02-01.json.gz cannot be imported'),
    });
    expect((await history.status(ACCOUNT)).messages).toBe(0);
  });

  test('reads what the sandbox would export as the API gives it', async () => {
    const { history, load } = await openHistory();
    const sandbox = createSandbox({ messages: 300 });
    const { sid, authToken } = sandbox.accounts.parent;
    const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
    const url = `https://api.twilio.com/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1000`;
    const { messages } = (await (await sandbox.fetch(url, { headers: { authorization } })).json()) as {
      messages: Record<string, string | null>[];
    };
    const iso = (date: string | null | undefined) =>
      date == null ? null : new Date(date).toISOString().replace('.000', '');
    const exported = messages.map(({ price_unit, error_message, uri, subresource_uris, ...rest }) => ({
      ...rest,
      date_created: iso(rest.date_created),
      date_sent: iso(rest.date_sent),
      date_updated: iso(rest.date_updated),
    }));
    await history.setPolicy({ accountSid: sid, enabled: true, paused: false, keepsBodies: true, days: null });
    expect(await load(gzipSync(linesOf(...exported)))).toMatchObject({ inserted: messages.length });
    for (const message of messages.slice(0, 50)) {
      const { uri, api_version, subresource_uris, ...rest } = message;
      expect(await history.find(sid, message.sid ?? '')).toEqual({
        ...rest,
        price_unit: null,
        error_message: null,
      });
    }
  });
});
