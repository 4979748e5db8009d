import type { Ddl } from '../store/sql/database.ts';

/** How the engines store messages. */
export interface HistoryDdl extends Ddl {
  readonly bytes: string;
  /** Type of codes and counts, of 32 bits. */
  readonly small: string;
  /** Columns before the others, with the comma. */
  readonly messageId: string;
  readonly messageKey: string;
  /** Options of the table of messages and statements after it. */
  readonly messageOptions: string;
  readonly afterMessages: readonly string[];
  /** Statements that make the index of texts smaller. */
  readonly smallerTexts: readonly string[];
  /** Options of tables whose primary key is all they are read by. */
  readonly keyed: string;
}

/** A table of counts: what they are counted by, and the counts. @param own its own columns with their types */
function rollup(name: string, { integer, small, keyed }: HistoryDdl, own: readonly string[]): string {
  const hours = ['date_hour', 'created_hour'].map((column) => `${column} ${small} not null`);
  const codes = ['has_sent', 'direction', 'status', 'error', 'unit'].map(
    (column) => `${column} ${small} not null`,
  );
  const key = [`account ${small} not null`, ...hours, ...codes, ...own.map((column) => `${column} not null`)];
  const sums = ['messages', 'segments', 'media', 'price'].map((column) => `${column} ${integer} not null`);
  const names = key.map((column) => column.split(' ')[0]);
  return `create table ${name} (${[...key, ...sums].join(', ')}, primary key (${names.join(', ')}))${keyed}`;
}

/** The columns of a message by which lists are filtered: each has an index in the order of time. */
const INDEXED = ['sender', 'recipient', 'person', 'status', 'channel', 'country'];

/** The migrations in order: version n is at index n - 1. Never change a released one; append another. */
export const HISTORY_MIGRATIONS: readonly ((ddl: HistoryDdl) => readonly string[])[] = [
  (ddl) => [
    `create table history_account (
      id ${ddl.position},
      sid text not null unique,
      enabled ${ddl.integer} not null,
      paused ${ddl.integer} not null,
      keeps_bodies ${ddl.integer} not null,
      days ${ddl.integer},
      messages ${ddl.integer} not null,
      current_at ${ddl.integer}
    )${ddl.options}`,
    `create table history_term (id ${ddl.position}, text text not null unique)${ddl.options}`,
    `create table history_message (
      ${ddl.messageId}sid ${ddl.bytes} not null,
      mm ${ddl.small} not null,
      account ${ddl.small} not null,
      created ${ddl.integer} not null,
      sent ${ddl.integer},
      updated ${ddl.integer} not null,
      date ${ddl.integer} not null,
      sender text,
      recipient text,
      person text,
      direction ${ddl.small} not null,
      channel ${ddl.small} not null,
      status ${ddl.small} not null,
      country ${ddl.small} not null,
      unit ${ddl.small} not null,
      service ${ddl.small} not null,
      error ${ddl.small},
      error_message text,
      segments ${ddl.integer},
      media ${ddl.integer},
      price text,
      body text,
      folded text,
      opt ${ddl.small} not null,
      seen ${ddl.integer} not null,
      ${ddl.messageKey}
    )${ddl.messageOptions}`,
    'create index history_message_date on history_message (account, date)',
    ...INDEXED.map(
      (name) => `create index history_message_${name} on history_message (account, ${name}, date)`,
    ),
    'create index history_message_error on history_message (account, error, date) where error is not null',
    'create index history_message_service on history_message (account, service, date) where service <> 0',
    'create index history_message_media on history_message (account, date) where media > 0',
    'create index history_message_opt on history_message (account, person, date) where opt <> 0',
    ...ddl.afterMessages,
    rollup('history_rollup', ddl, []),
    'create index history_rollup_created on history_rollup (account, created_hour)',
    rollup('history_country_rollup', ddl, [`channel ${ddl.small}`, `country ${ddl.small}`]),
    'create index history_country_rollup_created on history_country_rollup (account, created_hour)',
    rollup('history_sender_rollup', ddl, [`channel ${ddl.small}`, 'sender text', `service ${ddl.small}`]),
    'create index history_sender_rollup_created on history_sender_rollup (account, created_hour)',
    rollup('history_day_rollup', ddl, []),
    'create index history_day_rollup_created on history_day_rollup (account, created_hour)',
    `create table history_slice (
      id ${ddl.position},
      account ${ddl.integer} not null,
      key text not null,
      since ${ddl.integer},
      until ${ddl.integer},
      rank ${ddl.integer} not null,
      due_at ${ddl.integer},
      position text,
      lease_token text,
      lease_until ${ddl.integer},
      first_done_at ${ddl.integer},
      done_at ${ddl.integer},
      failures ${ddl.integer} not null,
      failed_at ${ddl.integer},
      last_error text,
      unique (account, key)
    )${ddl.options}`,
    'create index history_slice_due on history_slice (rank, due_at)',
    `create table history_lease (
      name text not null primary key,
      owner text not null,
      date_expires ${ddl.integer} not null
    )${ddl.options}`,
  ],
  (ddl) => [
    // Senders and services by the day alone: by the hour, they had nearly as many rows as there are messages.
    rollup('history_day_country_rollup', ddl, [`channel ${ddl.small}`, `country ${ddl.small}`]),
    rollup('history_day_sender_rollup', ddl, [`channel ${ddl.small}`, 'sender text']),
    rollup('history_day_service_rollup', ddl, [`channel ${ddl.small}`, `service ${ddl.small}`]),
    fillDays('history_day_country_rollup', 'history_country_rollup', 'channel, country'),
    fillDays('history_day_sender_rollup', 'history_sender_rollup', 'channel, sender'),
    fillDays('history_day_service_rollup', 'history_sender_rollup', 'channel, service'),
    'drop table history_sender_rollup',
    'create index history_day_country_rollup_created on history_day_country_rollup (account, created_hour)',
    'create index history_day_service_rollup_created on history_day_service_rollup (account, created_hour)',
    'drop index history_country_rollup_created',
    // The index of persons serves the addresses of persons; these hold the account's own addresses.
    'drop index history_message_sender',
    'drop index history_message_recipient',
    ...['sender', 'recipient'].map(
      (name) =>
        `create index history_message_own_${name} on history_message (account, ${name}, date) where ${name} is distinct from person`,
    ),
  ],
  (ddl) => [
    // Null for messages of which one status was seen by the sync, which most are.
    `alter table history_message add column status_at ${ddl.integer}`,
    `alter table history_message add column observed ${ddl.small}`,
    `create table history_status_event (
      account ${ddl.small} not null,
      sid ${ddl.bytes} not null,
      seq ${ddl.small} not null,
      at ${ddl.integer} not null,
      status ${ddl.small} not null,
      error ${ddl.small},
      observed ${ddl.small},
      primary key (account, sid, seq)
    )${ddl.keyed}`,
  ],
  (ddl) => [
    // The counts find the messages of a country or channel.
    'drop index history_message_channel',
    'drop index history_message_country',
    ...ddl.smallerTexts,
  ],
  (ddl) => [
    'alter table history_account add column record text',
    `alter table history_account add column record_at ${ddl.integer}`,
  ],
  (ddl) => [`alter table history_message add column digest ${ddl.integer}`],
];

/** Adds up hours to days. */
function fillDays(table: string, hours: string, own: string): string {
  const codes = 'has_sent, direction, status, error, unit';
  return `insert into ${table} (account, date_hour, created_hour, ${codes}, ${own}, messages, segments, media, price)
    select account, date_hour / 24 * 24 as day, created_hour / 24 * 24 as created, ${codes}, ${own},
      sum(messages), sum(segments), sum(media), sum(price)
    from ${hours} group by account, date_hour / 24 * 24, created_hour / 24 * 24, ${codes}, ${own}`;
}
