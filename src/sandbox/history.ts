import { parseFilterDate, rfc2822 } from './dates.ts';
import type { Rows } from './rows.ts';
import { firstIndex } from './timeline.ts';
import type { WireMessage } from './types.ts';
import { wire } from './wire-message.ts';

/** SIDs of added messages are made from indexes from here on, which no layout reaches. */
const ADDED_INDEX = 2 ** 40;

/** A place in the list: a generated row by its index (0 and up), an added one as -1 - its place. */
export type Place = number;

interface Added {
  message: WireMessage;
  /** Seconds; date_sent or date_created. */
  at: number;
  created: number;
  deleted: boolean;
}

/** An account's messages: the generated rows with what was added and deleted by hand laid over them. */
export interface History {
  readonly rows: Rows;
  add(message: Partial<WireMessage>, now: number): WireMessage;
  /** Answers whether there was such a message. */
  remove(sid: string): boolean;
  /** Where a SID stands or, deleted, stood; undefined when it never was this account's. */
  place(sid: string, now: number): Place | undefined;
  deleted(place: Place): boolean;
  sidAt(place: Place): string;
  build(place: Place, now: number): WireMessage;
  createdAt(place: Place): number;
  /** Seconds by which the list is ordered. */
  orderedAt(place: Place, now: number): number;
  sentAt(place: Place, now: number): number | null;
  parties(place: Place, now: number): { from: string | null; to: string | null };
  /** Places older than `from`, newest first; all of them without `from`. Deleted ones are left out. */
  older(from: Place | undefined, now: number): Generator<Place>;
  /** Places newer than `from`, oldest first; all of them without `from`. */
  newer(from: Place | undefined, now: number): Generator<Place>;
}

export function createHistory(account: string, rows: Rows): History {
  /** Oldest first, by (at, order of adding). */
  const added: Added[] = [];
  const bySid = new Map<string, Added>();
  const gone = new Set<Place>();
  let serial = 0;

  const entry = (place: Place): Added => {
    const found = added[-1 - place];
    if (!found) throw new Error(`The sandbox lost an added message (${place}).`);
    return found;
  };
  const isDeleted = (place: Place) => (place < 0 ? entry(place).deleted : gone.has(place));

  function defaults(given: Partial<WireMessage>, now: number): Parameters<typeof wire>[1] {
    const index = ADDED_INDEX + serial++;
    const date = rfc2822(now);
    const inbound = given.direction === 'inbound';
    const { business, person } = rows.sample(index);
    return {
      sid: rows.sids.encode(Number(given.num_media ?? 0) > 0 ? 'MM' : 'SM', index),
      body: inbound ? 'YES' : 'Northwind: your identity has been verified.',
      num_segments: '1',
      direction: 'outbound-api',
      from: inbound ? person : business,
      to: inbound ? business : person,
      date_created: date,
      date_updated: date,
      date_sent: date,
      price: '-0.00790',
      price_unit: 'USD',
      error_code: null,
      error_message: null,
      num_media: '0',
      status: inbound ? 'received' : 'delivered',
      messaging_service_sid: null,
    };
  }

  function place(sid: string, now: number): Place | undefined {
    const known = bySid.get(sid);
    if (known) return -1 - added.indexOf(known);
    const index = rows.sids.decode(sid);
    if (index === null || index >= rows.visible(now)) return undefined;
    return rows.sidOf(index) === sid ? index : undefined;
  }

  /** The two cursors right before (older) and after (newer) a place: generated index and added index. */
  function around(from: Place, now: number): { older: [number, number]; newer: [number, number] } {
    const count = rows.visible(now);
    if (from >= 0) {
      const at = rows.orderedAt(from, now);
      // At the same second an added message counts as newer than a generated one.
      const first = firstIndex(0, added.length, (i) => (added[i]?.at ?? 0) >= at);
      return { older: [from - 1, first - 1], newer: [from + 1, first] };
    }
    const own = -1 - from;
    const at = entry(from).at;
    const first = firstIndex(0, count, (i) => rows.orderedAt(i, now) > at);
    return { older: [first - 1, own - 1], newer: [first, own + 1] };
  }

  function* older(from: Place | undefined, now: number): Generator<Place> {
    let [row, extra] =
      from === undefined ? [rows.visible(now) - 1, added.length - 1] : around(from, now).older;
    while (row >= 0 || extra >= 0) {
      const at = added[extra]?.at;
      const takeAdded = at !== undefined && (row < 0 || at >= rows.orderedAt(row, now));
      const next = takeAdded ? -1 - extra-- : row--;
      if (!isDeleted(next)) yield next;
    }
  }

  function* newer(from: Place | undefined, now: number): Generator<Place> {
    const count = rows.visible(now);
    let [row, extra] = from === undefined ? [0, 0] : around(from, now).newer;
    while (row < count || extra < added.length) {
      const at = added[extra]?.at;
      const takeAdded = at !== undefined && (row >= count || at < rows.orderedAt(row, now));
      const next = takeAdded ? -1 - extra++ : row++;
      if (!isDeleted(next)) yield next;
    }
  }

  return {
    rows,
    add(message, now) {
      const full = wire(account, { ...defaults(message, now), ...message });
      if (bySid.has(full.sid)) throw new Error(`There is already a message ${full.sid}.`);
      const created = seconds(full.date_created) ?? now;
      const at = seconds(full.date_sent) ?? created;
      const item: Added = { message: full, at, created, deleted: false };
      const index = firstIndex(0, added.length, (i) => (added[i]?.at ?? 0) > at);
      added.splice(index, 0, item);
      bySid.set(full.sid, item);
      return full;
    },
    remove(sid) {
      const known = bySid.get(sid);
      if (known) {
        known.deleted = true;
        return true;
      }
      const found = place(sid, Number.POSITIVE_INFINITY);
      if (found === undefined) return false;
      gone.add(found);
      return true;
    },
    place,
    deleted: isDeleted,
    sidAt: (at) => (at < 0 ? entry(at).message.sid : rows.sidOf(at)),
    build(at, now) {
      if (at >= 0) return rows.build(at, now);
      const { message } = entry(at);
      return { ...message, messaging_service_sid: message.messaging_service_sid ?? rows.defaultService() };
    },
    createdAt: (at) => (at < 0 ? entry(at).created : rows.createdAt(at)),
    orderedAt: (at, now) => (at < 0 ? entry(at).at : rows.orderedAt(at, now)),
    sentAt: (at, now) => (at < 0 ? seconds(entry(at).message.date_sent) : rows.sentAt(at, now)),
    parties: (at, now) => (at < 0 ? entry(at).message : rows.parties(at, now)),
    older,
    newer,
  };
}

function seconds(date: string | null): number | null {
  if (date === null) return null;
  const parsed = parseFilterDate(date);
  if (!parsed) throw new Error(`"${date}" is not a date the sandbox can read.`);
  return Math.floor(parsed.ms / 1000);
}
