import { existsSync, renameSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { createSqliteDialect, retryWhileBusy, sqliteCode } from '../store/sql/sqlite-dialect.ts';
import { createCheckInPlace } from '../store/sql/sqlite-file.ts';
import { openSqliteDatabase, SQLITE_DDL, translateSqliteError } from '../store/sqlite-store.ts';
import { Deadline } from './deadline.ts';
import type { HistoryEngine, StoredText } from './engine.ts';
import { fold, sidKey } from './message-row.ts';
import type { HistoryDdl } from './migrations.ts';
import { PRICE_LENGTH } from './rollups.ts';
import { type HistoryTables, MESSAGE_COLUMNS } from './tables.ts';
import { readVersions } from './versions.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;
/** The operating system caches the file, too. */
const READER_CACHE_KB = 8 * 1024;
const WRITER_CACHE_KB = 32 * 1024;
/** Beyond this number of matches, reading the newest messages finds enough of them sooner than the index. */
const FEW_MATCHES = 5_000;

export const SQLITE_HISTORY_DDL: HistoryDdl = {
  ...SQLITE_DDL,
  bytes: 'blob',
  small: 'integer',
  messageId: 'id integer primary key, ',
  messageKey: 'unique (account, sid)',
  messageOptions: ' strict',
  afterMessages: ['create index history_message_created on history_message (account, created)'],
  smallerTexts: [],
  keyed: ' strict, without rowid',
};

export interface SqliteHistoryOptions {
  /** Whether it only reads, from a file that was checked for damage. @default false */
  readonly isReader?: boolean | undefined;
  /** When reads have to end. @default never */
  readonly deadline?: Deadline | undefined;
}

/** Opens a file of the history. A damaged file is moved aside, and a new one is begun. @throws {StoreUnavailableError} */
export async function createSqliteHistoryEngine(
  file: string,
  { isReader = false, deadline = new Deadline() }: SqliteHistoryOptions,
): Promise<HistoryEngine> {
  const { database, notice } = await openChecked(file, !isReader).catch((error: unknown) => {
    throw translateSqliteError(error, file);
  });
  // Zeroes what is deleted.
  database.exec('pragma secure_delete = on');
  // A power failure may lose the last pages, which are then read again, but damages nothing.
  database.exec('pragma synchronous = normal');
  database.exec(`pragma cache_size = ${isReader ? -READER_CACHE_KB : -WRITER_CACHE_KB}`);
  // 128 MiB: a page that several transactions change is written back once.
  database.exec('pragma wal_autocheckpoint = 32768');
  database.exec('pragma temp_store = memory');
  database.function('has_text', { deterministic: true }, (body, needle) =>
    typeof body === 'string' && fold(body).includes(String(needle)) ? 1 : 0,
  );
  database.function('in_time', () => {
    deadline.check();
    return 1;
  });
  const db = new Kysely<HistoryTables>({ dialect: createSqliteDialect(database, createCheckInPlace(file)) });
  const statements = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const statement = statements.get(text) ?? database.prepare(text);
    statements.set(text, statement);
    return statement;
  };
  const indexOf = (account: number) => `history_text_${account}`;
  const hasIndex = (account: number): boolean =>
    prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(indexOf(account)) !==
    undefined;
  /** One index for each account, so that it can be dropped with the account. Trigrams find parts of words, in any script. */
  function createIndex(account: number): void {
    const name = indexOf(account);
    database.exec(
      `create virtual table ${name} using fts5(body, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')`,
    );
    database.exec(`insert into ${name} (${name}, rank) values ('secure-delete', 1)`);
  }
  /** In the order of ids: for an id below the one before it, FTS5 writes out what it has gathered, one text at a time. */
  function withIds(account: number, texts: readonly StoredText[]): { id: number; body: string }[] {
    const statement = prepare('select id from history_message where account = ? and sid = ?');
    return texts
      .map(({ sid, body }) => ({ id: Number(statement.get(account, sid)?.id), body }))
      .sort((a, b) => a.id - b.id);
  }

  return {
    db,
    reads: db,
    messagesBy(index) {
      const by = index === null ? '' : index === 'id' ? ' not indexed' : ` indexed by ${index}`;
      return sql.raw(`history_message as m${by}`);
    },
    readArrays(query) {
      const { sql: text, parameters } = query.compile(db);
      const statement = database.prepare(text);
      statement.setReturnArrays(true);
      return statement.iterate(...(parameters as readonly SQLInputValue[])) as Iterable<unknown> as Iterable<
        unknown[]
      >;
    },
    // At every thousandth message: SQLite itself cannot be interrupted from here.
    inTime: (alias) => sql`(${sql.ref(`${alias}.id`)} & 1023 <> 0 or in_time())`,
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    hasLateral: false,
    locksRows: false,
    storesFolded: false,
    notice,
    priceUnits: sql<number>`case when length(m.price) <= ${sql.lit(PRICE_LENGTH)} and m.unit <> 0
      then cast(round(m.price * 100000000) as integer) else 0 end`,
    replace: `on conflict (account, sid) do update set ${MESSAGE_COLUMNS.map((name) => `${name} = excluded.${name}`).join()}`,
    // Every transaction takes the write lock at its start.
    lockAccount: async () => {},
    prepareFor: async () => {},

    async insertAll(_transaction, table, rows, conflict) {
      const columns = Object.keys(rows[0] ?? {});
      const places = columns.map(() => '?').join();
      // On the connection of the transaction: prepared once, where Kysely would prepare it for each row.
      const statement = prepare(`insert into ${table} (${columns.join()}) values (${places}) ${conflict}`);
      for (const row of rows) statement.run(...(Object.values(row) as SQLInputValue[]));
    },

    isSidOf: (sids) => sql`sid in (select unhex(value) from json_each(${JSON.stringify(sids.map(sidKey))}))`,

    async digestsOf(account, versions) {
      const statement = prepare('select digest from history_message where account = ? and sid = ?');
      return readVersions(versions).map(
        ({ sid }) => statement.get(account, sid)?.digest as number | null | undefined,
      );
    },

    async indexTexts(_transaction, account, texts) {
      if (texts.length === 0) return;
      if (!hasIndex(account)) createIndex(account);
      const statement = prepare(`insert into ${indexOf(account)} (rowid, body) values (?, ?)`);
      for (const { id, body } of withIds(account, texts)) statement.run(id, fold(body));
    },

    async unindexTexts(_transaction, account, texts) {
      if (texts.length === 0) return;
      const name = indexOf(account);
      const statement = prepare(`insert into ${name} (${name}, rowid, body) values ('delete', ?, ?)`);
      for (const { id, body } of withIds(account, texts)) statement.run(id, fold(body));
    },

    async dropTexts(_transaction, account) {
      if (!hasIndex(account)) return;
      database.exec(`drop table ${indexOf(account)}`);
    },

    contains(alias, needle) {
      const body = sql.ref(`${alias}.body`);
      const pattern = `%${needle.replace(/[\\%_]/g, '\\$&')}%`;
      // SQLite's own comparison knows the cases of ASCII alone, but needs no call of JavaScript for each message.
      return sql`case when length(${body}) = octet_length(${body})
        then ${body} like ${pattern} escape '\\' else has_text(${body}, ${needle}) end`;
    },

    async narrow(account, needles) {
      const trigrams = new Set(needles.flatMap(trigramsOf));
      if (trigrams.size === 0 || !hasIndex(account)) return null;
      const match = [...trigrams].map((one) => `"${one.replaceAll('"', '""')}"`).join(' AND ');
      const name = indexOf(account);
      const ids = prepare(`select rowid as id from ${name} where ${name} match ? limit ${FEW_MATCHES + 1}`)
        .all(match)
        .map(({ id }) => Number(id));
      if (ids.length > FEW_MATCHES) return null;
      return sql`m.id in (select value from json_each(${JSON.stringify(ids)}))`;
    },

    // A file has no months to drop.
    dropBefore: async () => 0,

    async compact() {
      // A vacuum rewrites every page: pages that were split may hold copies of what was deleted later.
      await retryWhileBusy(() => database.exec('vacuum'));
      database.exec('pragma wal_checkpoint(truncate)');
    },

    translate: (error) => translateSqliteError(error, file),
    async close() {
      statements.clear();
      await db.destroy();
    },
  };
}

/** The parts of three characters in a text, by which it is indexed; none in a shorter one. */
function trigramsOf(text: string): string[] {
  const characters = [...text];
  return characters.slice(2).map((_, index) => characters.slice(index, index + 3).join(''));
}

/** Opens a file and checks it. @returns the notice of a damaged one */
async function openChecked(
  file: string,
  check: boolean,
): Promise<{ database: DatabaseSync; notice: string | null }> {
  const isNew = !existsSync(file);
  try {
    const database = await openSqliteDatabase(file);
    const problem = isNew || !check ? null : problemOf(database);
    if (problem === null) return { database, notice: null };
    database.close();
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SQLITE_CORRUPT && code !== SQLITE_NOT_A_DATABASE) throw error;
  }
  const aside = `${file}.damaged-${Date.now()}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  }
  return {
    database: await openSqliteDatabase(file),
    notice: `The file of the message history was damaged. It is now ${aside}, and the history is read from Twilio again. Delete that file when you do not need it: it contains messages.`,
  };
}

/** Returns what a quick check finds; null for a sound file. */
function problemOf(database: DatabaseSync): string | null {
  const [row] = database.prepare('pragma quick_check(1)').all();
  const found = String(Object.values(row ?? {})[0]);
  return found === 'ok' ? null : found;
}
