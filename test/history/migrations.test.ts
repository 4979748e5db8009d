import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import type { HistoryStore, StatsQuery } from '../../src/history/history-store.ts';
import { HISTORY_MIGRATIONS } from '../../src/history/migrations.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { SQLITE_HISTORY_DDL } from '../../src/history/sqlite-engine.ts';
import { MESSAGE_COLUMNS } from '../../src/history/tables.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const accountSid = `AC${'1'.repeat(32)}`;
const PERSON = '+14155550199';
const OWN = '+14155550100';
const messages = Array.from({ length: 60 }, (_, index) => {
  const date = new Date(Date.UTC(2026, 9, 1 + (index % 20), index % 24, index))
    .toUTCString()
    .replace('GMT', '+0000');
  const isInbound = index % 3 === 0;
  return wireMessage({
    sid: `SM${index.toString(16).padStart(32, '0')}`,
    account_sid: accountSid,
    direction: isInbound ? 'inbound' : 'outbound-api',
    from: isInbound ? PERSON : OWN,
    to: isInbound ? OWN : PERSON,
    messaging_service_sid: index % 4 === 0 ? `MG${'a'.repeat(32)}` : null,
    status: isInbound ? 'received' : 'delivered',
    date_created: date,
    date_sent: date,
    date_updated: date,
  });
});

/** The columns of a message in the first version. */
const FIRST_COLUMNS = ['id', ...MESSAGE_COLUMNS.slice(0, MESSAGE_COLUMNS.indexOf('status_at'))].join();

/** What a store says of its messages. */
async function readAll(store: HistoryStore) {
  const stats = (query: Partial<StatsQuery>) =>
    store.stats({ accountSids: [accountSid], criteria: {}, dimensions: [], ...query });
  const list = (criteria: MessageCriteria) =>
    store.list({ accountSids: [accountSid], criteria }, { order: 'NEWEST_FIRST', limit: 100 });
  return {
    days: await stats({ dimensions: ['status'], interval: 'DAY', timeZone: 'Europe/Berlin' }),
    senders: await stats({ dimensions: ['sender', 'channel'], interval: 'WEEK' }),
    services: await stats({ dimensions: ['messagingServiceSid'] }),
    countries: await stats({ dimensions: ['country'], criteria: { dateCreated: { since: new Date(0) } } }),
    timelines: await store.timelines(
      accountSid,
      messages.map(({ sid }) => sid),
    ),
    lists: [await list({}), await list({ from: OWN }), await list({ to: OWN }), await list({ to: PERSON })],
  };
}

test('a file of the first version is migrated, with all messages and counts', async () => {
  const current = join(folder, 'current.db');
  const store = await openSqliteHistory(current);
  await store.setPolicy(policyOf(accountSid));
  await store.savePage({ accountSid, messages, readAt: new Date() });
  const expected = await readAll(store);
  expect(expected.timelines).toHaveLength(60);
  expect(expected.lists.map((list) => list.messages.length)).toEqual([60, 40, 20, 40]);
  await store.close();

  const old = join(folder, 'old.db');
  const database = new DatabaseSync(old);
  for (const statement of HISTORY_MIGRATIONS[0]?.(SQLITE_HISTORY_DDL) ?? []) database.exec(statement);
  database.exec(`
    create table history_migrations (version integer not null primary key, date_applied integer not null) strict;
    insert into history_migrations values (1, 0);
    attach '${current}' as current;
    insert into history_account select id, sid, enabled, paused, keeps_bodies, days, messages, current_at from current.history_account;
    insert into history_term select * from current.history_term;
    insert into history_message select ${FIRST_COLUMNS} from current.history_message;
    insert into history_rollup select * from current.history_rollup;
    insert into history_day_rollup select * from current.history_day_rollup;
    insert into history_country_rollup select * from current.history_country_rollup;
    insert into history_sender_rollup
      select account, date / 3600, created / 3600, sent is not null, direction, status, coalesce(error, -1),
        case when price is null then 0 else unit end, channel, coalesce(sender, ''), service, count(*), sum(segments),
        sum(media), coalesce(sum(cast(round(price * 100000000) as integer)), 0)
      from history_message group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;`);
  database.close();

  const migrated = await openSqliteHistory(old);
  expect(await readAll(migrated)).toEqual(expected);
  await migrated.close();
});
