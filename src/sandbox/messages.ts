import { parseFilterDate, rfc2822 } from './dates.ts';
import { type GeneratedMessages, toWireMessage } from './generated-messages.ts';
import { firstIndex } from './timeline.ts';
import type { WireMessage } from './types.ts';

/** First index used for the SIDs of added messages; more than any account generates. */
const ADDED_INDEX = 2 ** 40;

/** A position in the list: the index of a generated message (0 and up), or -1 - the index of an added one. */
export type Position = number;

interface Added {
  message: WireMessage;
  /** Seconds; date_sent or date_created. */
  at: number;
  created: number;
  deleted: boolean;
}

/** An account's messages: the generated ones, plus those added and minus those deleted by the test. */
export interface Messages {
  readonly generated: GeneratedMessages;
  add(message: Partial<WireMessage>, now: number): WireMessage;
  /** Changes an added message. Returns whether there is one. */
  update(sid: string, change: Partial<WireMessage>, now: number): boolean;
  /** Returns whether the message existed. */
  remove(sid: string): boolean;
  /** Returns the position of a SID, even of a deleted one; undefined when the account never had it. */
  position(sid: string, now: number): Position | undefined;
  deleted(position: Position, now: number): boolean;
  /** Whether lists have it. */
  listed(position: Position, now: number): boolean;
  sidAt(position: Position): string;
  build(position: Position, now: number): WireMessage;
  createdAt(position: Position): number;
  /** The time the list is sorted by, in seconds. */
  orderedAt(position: Position, now: number): number;
  sentAt(position: Position, now: number): number | null;
  parties(position: Position, now: number): { from: string | null; to: string | null };
  /**
   * Walks the list forward, which is newest first, or back: from a position, without it, or from the list's end. Leaves out
   * deleted messages. With addresses, it also leaves out many messages that are not between these, by an index.
   */
  walk(
    from: Position | undefined,
    forward: boolean,
    now: number,
    addresses?: readonly string[],
  ): Generator<Position>;
}

export function createMessages(account: string, generated: GeneratedMessages): Messages {
  /** Oldest first; ties in the order of adding. */
  const added: Added[] = [];
  const bySid = new Map<string, Added>();
  const gone = new Set<Position>();
  let serial = 0;

  const entry = (position: Position): Added => {
    const found = added[-1 - position];
    if (!found) throw new Error(`The sandbox lost an added message (${position}).`);
    return found;
  };
  const isDeleted = (position: Position, now: number) =>
    position < 0 ? entry(position).deleted : gone.has(position) || generated.isDeleted(position, now);

  function insert(message: WireMessage, now: number): Added {
    const created = seconds(message.date_created) ?? now;
    const at = seconds(message.date_sent) ?? created;
    const item: Added = { message, at, created, deleted: false };
    const index = firstIndex(0, added.length, (i) => (added[i]?.at ?? 0) > at);
    added.splice(index, 0, item);
    bySid.set(message.sid, item);
    return item;
  }

  function defaults(given: Partial<WireMessage>, now: number): Parameters<typeof toWireMessage>[1] {
    const index = ADDED_INDEX + serial++;
    const date = rfc2822(now);
    const inbound = given.direction === 'inbound';
    const { business, person } = generated.sample(index);
    return {
      sid: generated.sids.encode(Number(given.num_media ?? 0) > 0 ? 'MM' : 'SM', index),
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

  function position(sid: string, now: number): Position | undefined {
    const known = bySid.get(sid);
    if (known) return -1 - added.indexOf(known);
    const index = generated.sids.decode(sid);
    if (index === null || index >= generated.visible(now)) return undefined;
    return generated.sidOf(index) === sid ? index : undefined;
  }

  /** Where a walk begins: at a generated index and an added one, the neighbours of `from`. */
  function startOf(from: Position | undefined, forward: boolean, now: number): [number, number] {
    const count = generated.visible(now);
    if (from === undefined) return forward ? [count - 1, added.length - 1] : [0, 0];
    if (from < 0) {
      const { at } = entry(from);
      const newer = firstIndex(0, count, (i) => generated.orderedAt(i, now) > at);
      return forward ? [newer - 1, -2 - from] : [newer, -from];
    }
    const at = generated.orderedAt(from, now);
    // In the same second, an added message sorts as newer than a generated one.
    const newer = firstIndex(0, added.length, (i) => (added[i]?.at ?? 0) >= at);
    return forward ? [from - 1, newer - 1] : [from + 1, newer];
  }

  const walk: Messages['walk'] = function* (from, forward, now, addresses = []) {
    const count = generated.visible(now);
    const step = forward ? -1 : 1;
    const lists = addresses.map((address) => generated.withPerson(address, count));
    const [rows] = lists.filter((list) => list !== null).sort((a, b) => a.length - b.length);
    /** The next of the rows, from `row` on. */
    const skip = (row: number) => {
      if (!rows) return row;
      const after = firstIndex(0, rows.length, (i) => (rows[i] ?? 0) > (forward ? row : row - 1));
      return rows[forward ? after - 1 : after] ?? (forward ? -1 : count);
    };
    let [row, extra] = startOf(from, forward, now);
    for (;;) {
      row = skip(row);
      const at = added[extra]?.at;
      const isRow = row >= 0 && row < count;
      if (!isRow && at === undefined) return;
      const isExtra = at !== undefined && (!isRow || at >= generated.orderedAt(row, now) === forward);
      const next = isExtra ? -1 - extra : row;
      if (isExtra) extra += step;
      else row += step;
      if (!isDeleted(next, now)) yield next;
    }
  };

  return {
    generated,
    add(message, now) {
      const full = toWireMessage(account, { ...defaults(message, now), ...message });
      if (bySid.has(full.sid)) throw new Error(`There is already a message ${full.sid}.`);
      insert(full, now);
      return full;
    },
    update(sid, change, now) {
      const known = bySid.get(sid);
      if (!known || known.deleted) return false;
      added.splice(added.indexOf(known), 1);
      insert({ ...known.message, date_updated: rfc2822(now), ...change }, now);
      return true;
    },
    remove(sid) {
      const known = bySid.get(sid);
      if (known) {
        known.deleted = true;
        return true;
      }
      const found = position(sid, Number.POSITIVE_INFINITY);
      if (found === undefined) return false;
      gone.add(found);
      return true;
    },
    position,
    deleted: isDeleted,
    listed: (at, now) => at < 0 || generated.isListed(at, now),
    sidAt: (at) => (at < 0 ? entry(at).message.sid : generated.sidOf(at)),
    build(at, now) {
      if (at >= 0) return generated.build(at, now);
      const { message } = entry(at);
      return {
        ...message,
        messaging_service_sid: message.messaging_service_sid ?? generated.defaultService(),
      };
    },
    createdAt: (at) => (at < 0 ? entry(at).created : generated.createdAt(at)),
    orderedAt: (at, now) => (at < 0 ? entry(at).at : generated.orderedAt(at, now)),
    sentAt: (at, now) => (at < 0 ? seconds(entry(at).message.date_sent) : generated.sentAt(at, now)),
    parties: (at, now) => (at < 0 ? entry(at).message : generated.parties(at, now)),
    walk,
  };
}

function seconds(date: string | null): number | null {
  if (date === null) return null;
  const parsed = parseFilterDate(date);
  if (!parsed) throw new Error(`"${date}" is not a date the sandbox can read.`);
  return Math.floor(parsed.ms / 1000);
}
