import type { Generated, Selectable } from 'kysely';

/** The tables, the same in both engines. Times of messages are seconds since 1970, all others milliseconds. */
export interface HistoryTables {
  history_account: AccountTable;
  history_message: MessageTable;
  history_status_event: StatusEventTable;
  history_term: { id: Generated<number>; text: string };
  /** Counts by the hour. */
  history_rollup: RollupColumns;
  history_country_rollup: RollupColumns & { channel: number; country: number };
  /** Counts by the day, in UTC: their hours are those at which days begin. */
  history_day_rollup: RollupColumns;
  history_day_country_rollup: RollupColumns & { channel: number; country: number };
  history_day_sender_rollup: RollupColumns & { channel: number; sender: string };
  history_day_service_rollup: RollupColumns & { channel: number; service: number };
  history_slice: SliceTable;
  /** Leases with a name, e.g. slots for calls. */
  history_lease: { name: string; owner: string; date_expires: number };
}

export interface AccountTable {
  id: Generated<number>;
  sid: string;
  enabled: number;
  paused: number;
  keeps_bodies: number;
  days: number | null;
  messages: number;
  current_at: number | null;
  /** The account itself as JSON, without its auth token; null before it was read. */
  record: string | null;
  record_at: number | null;
}

export interface MessageTable {
  /** SQLite's rowid, the key of the text index; the other engine has none. */
  id: Generated<number>;
  /** The 32 digits of the SID. */
  sid: Uint8Array;
  /** 1 for MM, 0 for SM. */
  mm: number;
  account: number;
  /** 0 if unknown; never changes otherwise. */
  created: number;
  sent: number | null;
  /** 0 if unknown. */
  updated: number;
  /** `sent`, else `created`: the order of lists. */
  date: number;
  sender: string | null;
  recipient: string | null;
  /** The other party, the same on all channels. */
  person: string | null;
  /** Terms; 0 for null. */
  direction: number;
  channel: number;
  status: number;
  country: number;
  unit: number;
  service: number;
  error: number | null;
  error_message: string | null;
  segments: number | null;
  media: number | null;
  price: string | null;
  body: string | null;
  /** The lower-case body, where the engine searches it and it differs from the body. */
  folded: string | null;
  /** 1 after a word that opts in, -1 after one that opts out or error 21610. */
  opt: number;
  /** When the read began that wrote the row, in milliseconds. */
  seen: number;
  /** The `updated` of the first version with this status and error; null if it is that of the row. */
  status_at: number | null;
  /** The way by which this status became known, as in events; null for SYNC. */
  observed: number | null;
  /** Of the message as it was read, with its text: see `digestOf`; null if the text is not stored, or an older release wrote the row. */
  digest: number | null;
}

/** A status that a message had before the one of its row. A message of which one status was seen has none. */
export interface StatusEventTable {
  account: number;
  sid: Uint8Array;
  /** Counts the events of a message from 0. */
  seq: number;
  /** In seconds. */
  at: number;
  status: number;
  error: number | null;
  observed: number | null;
}

export type MessageRow = Omit<Selectable<MessageTable>, 'id'>;

export const MESSAGE_COLUMNS = [
  'sid',
  'mm',
  'account',
  'created',
  'sent',
  'updated',
  'date',
  'sender',
  'recipient',
  'person',
  'direction',
  'channel',
  'status',
  'country',
  'unit',
  'service',
  'error',
  'error_message',
  'segments',
  'media',
  'price',
  'body',
  'folded',
  'opt',
  'seen',
  'status_at',
  'observed',
  'digest',
] as const satisfies readonly (keyof MessageRow)[];

/** Counts of the messages of one hour or day with the same properties. Hours are hours since 1970. */
export interface RollupColumns {
  account: number;
  date_hour: number;
  created_hour: number;
  /** Whether the messages have a sent date. */
  has_sent: number;
  direction: number;
  status: number;
  /** -1 without an error. */
  error: number;
  unit: number;
  messages: number;
  segments: number;
  media: number;
  /** In units of 10⁻⁸. */
  price: number;
}

export interface SliceTable {
  id: Generated<number>;
  account: number;
  key: string;
  /** In milliseconds, as all times here. */
  since: number | null;
  until: number | null;
  rank: number;
  due_at: number | null;
  position: string | null;
  lease_token: string | null;
  lease_until: number | null;
  first_done_at: number | null;
  done_at: number | null;
  failures: number;
  failed_at: number | null;
  last_error: string | null;
}
