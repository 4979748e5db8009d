import { Kysely, PostgresDialect, type PostgresPool, type SqlBool, sql, type Transaction } from 'kysely';
import { gatewayError } from '../errors/gateway-error.ts';
import { POSTGRES_DDL } from '../store/postgres-store.ts';
import { sqlState, translatePostgresError } from '../store/sql/postgres-errors.ts';
import { closeInTime, connectionConfig, openPool } from '../store/sql/postgres-pool.ts';
import { SENT_WITHIN } from './criteria.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import { sidKey } from './message-row.ts';
import type { HistoryDdl } from './migrations.ts';
import { PREPARED_SECONDS, prepareRecurring } from './prepared-statements.ts';
import { HOUR, PRICE_LENGTH, ROLLUP_TABLES } from './rollups.ts';
import { type HistoryTables, MESSAGE_COLUMNS } from './tables.ts';
import { readVersions } from './versions.ts';

/** Statistics over messages and erasures take longer than the statements of credentials. */
const STATEMENT_TIMEOUT_MS = 120_000;
const MAX_WRITERS = 4;
const MAX_READERS = 4;
/** Arbitrary, but the same for every gateway. */
const MIGRATION_LOCK = 7_467_677_702;
const ACCOUNT_LOCK = 746_767;
const QUERY_CANCELED = '57014';
const UNDEFINED_TABLE = '42P01';
const DUPLICATE_TABLE = '42P07';

export const POSTGRES_HISTORY_DDL: HistoryDdl = {
  ...POSTGRES_DDL,
  bytes: 'bytea',
  small: 'integer',
  messageId: '',
  messageKey: 'primary key (account, sid, created)',
  messageOptions: ' partition by range (created)',
  afterMessages: [
    'create table history_message_other partition of history_message default',
    'create index history_message_created on history_message using brin (created)',
    'create extension if not exists pg_trgm',
    'create index history_message_text on history_message using gin ((coalesce(folded, body)) gin_trgm_ops)',
    // Months of messages whose texts were erased since the last vacuum.
    'create table history_erased (partition text not null primary key)',
  ],
  smallerTexts: [
    'drop index history_message_text',
    // New texts wait in a list, whose pages the index never gives back: 512 kB of them in each month, not 4 MB.
    'create index history_message_text on history_message using gin ((coalesce(folded, body)) gin_trgm_ops) with (gin_pending_list_limit = 512)',
  ],
  keyed: '',
};

/** Connects to a database, which several gateways can share. @throws {StoreUnavailableError} */
export function createPostgresHistoryEngine(databaseUrl: string, readLimitMs?: number): HistoryEngine {
  const config = connectionConfig(databaseUrl, STATEMENT_TIMEOUT_MS);
  const open = (pool: PostgresPool) => new Kysely<HistoryTables>({ dialect: new PostgresDialect({ pool }) });
  const db = open(openPool(config, MAX_WRITERS));
  // The server ends a statement that takes longer; the client would only stop to wait for it.
  const limited = readLimitMs === undefined ? {} : { statement_timeout: readLimitMs };
  const readers = openPool({ ...config, ...limited, maxLifetimeSeconds: PREPARED_SECONDS }, MAX_READERS);
  const reads = open(prepareRecurring(readers));
  /** The months that have a partition. */
  const months = new Set<string>();

  async function createMonth(month: string): Promise<void> {
    const [first, next] = boundsOf(month);
    const statement = sql.raw(
      `create table if not exists ${partitionOf(month)} partition of history_message for values from (${first}) to (${next})`,
    );
    try {
      await db.transaction().execute(async (transaction) => {
        await lock(transaction, MIGRATION_LOCK);
        await statement.execute(transaction);
      });
    } catch (error) {
      if (sqlState(error) !== DUPLICATE_TABLE) throw error;
    }
    months.add(month);
  }

  /** Notes that texts of these months were erased. */
  async function noteErased(transaction: Kysely<HistoryTables>, condition: ReturnType<typeof sql>) {
    await sql`insert into history_erased (partition)
      select distinct tableoid::regclass::text from history_message where ${condition}
      on conflict do nothing`.execute(transaction);
  }

  return {
    db,
    reads,
    messagesBy: () => sql.raw('history_message as m'),
    readArrays: null,
    inTime: () => null,
    now: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    hasLateral: true,
    locksRows: true,
    storesFolded: true,
    notice: null,
    priceUnits: sql<number>`case when length(m.price) <= ${sql.lit(PRICE_LENGTH)} and m.unit <> 0
      then cast(round(cast(m.price as numeric) * 100000000) as bigint) else 0 end`,
    replace: `on conflict (account, sid, created) do update set ${MESSAGE_COLUMNS.map((name) => `${name} = excluded.${name}`).join()}`,

    async lockAccount(transaction, account) {
      await sql`select pg_advisory_xact_lock(${sql.lit(ACCOUNT_LOCK)}, ${account}::int)`.execute(transaction);
    },

    async prepareFor(created) {
      for (const month of new Set(created.filter((time) => time > 0).map(monthOf))) {
        if (!months.has(month)) await createMonth(month);
      }
    },

    async insertAll(transaction, table, rows, conflict) {
      const columns = sql.raw(Object.keys(rows[0] ?? {}).join());
      const json = JSON.stringify(
        rows.map((row) => ('sid' in row ? { ...row, sid: hex(row.sid as Uint8Array) } : row)),
      );
      await sql`insert into ${sql.table(table)} (${columns})
        select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${json}) ${sql.raw(conflict)}`.execute(
        transaction,
      );
    },

    isSidOf,

    async digestsOf(account, versions) {
      const sids = readVersions(versions).map(({ sid }) => sid);
      const { rows } = await sql<{ sid: Uint8Array; digest: number | null }>`
        select sid, digest from history_message where account = ${account} and ${isSidOf(sids)}
          and created between ${versions.first} and ${versions.last}`.execute(db);
      const digests = new Map(rows.map(({ sid, digest }) => [sidKey(sid), digest]));
      return sids.map((sid) => digests.get(sidKey(sid)));
    },

    // The index is of a column.
    indexTexts: async () => {},
    async unindexTexts(transaction, account, texts) {
      if (texts.length === 0) return;
      await noteErased(transaction, sql`account = ${account} and ${isSidOf(texts.map(({ sid }) => sid))}`);
    },
    dropTexts: (transaction, account) =>
      noteErased(transaction, sql`account = ${account} and body is not null`),

    contains(alias, needle) {
      const pattern = `%${needle.replace(/[\\%_]/g, '\\$&')}%`;
      return sql`coalesce(${sql.ref(`${alias}.folded`)}, ${sql.ref(`${alias}.body`)}) like ${pattern}`;
    },
    narrow: async () => null,

    async dropBefore(time) {
      const { rows } = await sql<{ name: string }>`
        select inhrelid::regclass::text as name from pg_inherits
        where inhparent = 'history_message'::regclass`.execute(db);
      let dropped = 0;
      for (const { name } of rows) {
        const month = /^history_message_(\d{4}_\d\d)$/.exec(name)?.[1];
        const [first, next] = month ? boundsOf(month) : [0, Number.POSITIVE_INFINITY];
        if (!month || next + SENT_WITHIN > time) continue;
        dropped += await db.transaction().execute(async (transaction) => {
          await lock(transaction, MIGRATION_LOCK);
          const table = sql.table(name);
          await sql`lock table ${table} in access exclusive mode`.execute(transaction);
          const late = await sql`select 1 from ${table} where date >= ${time} limit 1`.execute(transaction);
          if (late.rows.length > 0) return 0;
          const counts = await sql<{ account: number; messages: number }>`
            select account, count(*) as messages from ${table} group by account`.execute(transaction);
          for (const rollup of ROLLUP_TABLES) {
            await transaction
              .deleteFrom(rollup)
              .where('created_hour', '>=', first / HOUR)
              .where('created_hour', '<', next / HOUR)
              .execute();
          }
          for (const { account, messages } of counts.rows) {
            await transaction
              .updateTable('history_account')
              .set(({ eb }) => ({ messages: eb('messages', '-', messages) }))
              .where('id', '=', account)
              .execute();
          }
          await sql`delete from history_status_event as e using ${table} as m
            where e.account = m.account and e.sid = m.sid`.execute(transaction);
          await sql`drop table ${table}`.execute(transaction);
          months.delete(month);
          return counts.rows.reduce((sum, { messages }) => sum + messages, 0);
        });
      }
      return dropped;
    },

    async compact() {
      const { rows } = await sql<{ partition: string }>`select partition from history_erased`.execute(db);
      for (const { partition } of rows) {
        try {
          // An ordinary vacuum leaves the bytes of deleted rows in the pages.
          await sql`vacuum (full) ${sql.table(partition)}`.execute(db);
        } catch (error) {
          if (sqlState(error) !== UNDEFINED_TABLE) throw error;
        }
        await sql`delete from history_erased where partition = ${partition}`.execute(db);
      }
      // A row for each account, with its name.
      await sql`vacuum (full) history_account`.execute(db);
    },

    translate: (error) =>
      readLimitMs !== undefined && sqlState(error) === QUERY_CANCELED
        ? gatewayError('HISTORY_TIMEOUT', readLimitMs)
        : translatePostgresError(error),
    async close() {
      await closeInTime(Promise.all([db.destroy(), reads.destroy()]).then(() => {}));
    },
  };
}

async function lock(transaction: Transaction<HistoryTables>, key: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(key)})`.execute(transaction);
}

/** Blocks migrations by other gateways until the transaction ends. */
export const lockMigrations = (transaction: Transaction<HistoryTables>) => lock(transaction, MIGRATION_LOCK);

/** The month of a time in seconds, e.g. `2026_11`. */
function monthOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 7).replace('-', '_');
}

/** The beginning of a month and of the next one, in seconds. */
function boundsOf(month: string): [number, number] {
  const [year = 0, number = 0] = month.split('_').map(Number);
  return [Date.UTC(year, number - 1) / 1000, Date.UTC(year, number) / 1000];
}

const partitionOf = (month: string) => `history_message_${month}`;

/** PostgreSQL's form of bytes in JSON. */
const hex = (bytes: Uint8Array) => `\\x${sidKey(bytes)}`;

/** Not a list of values, whose length the planner knows: without statistics, it would read all messages of the account instead. */
function isSidOf(sids: readonly Uint8Array[], created: readonly number[] = []): Condition {
  const isOne = sql<SqlBool>`sid = any (array(select decode(one, 'hex') from unnest(${sids.map(sidKey)}::text[]) as one))`;
  // Of one that Twilio does not say, the store may know.
  if (created.length === 0 || created.includes(0)) return isOne;
  const first = created.reduce((least, time) => Math.min(least, time)) - NEAR;
  const last = created.reduce((most, time) => Math.max(most, time)) + NEAR;
  // Only their months, and that of messages whose time was unknown, are looked through.
  return sql<SqlBool>`${isOne} and (created between ${first} and ${last} or created = 0)`;
}

/** The time of creation never changes; a day more costs nothing. */
const NEAR = 86_400;
