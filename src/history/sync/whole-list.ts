import { DAY_MS } from '../../pagination/retention.ts';
import { formatTwilioDate, parseTwilioDate } from '../../twilio/dates.ts';
import { isBadPageToken, TwilioError, TwilioResponseError } from '../../twilio/errors.ts';
import { MAX_PAGE_SIZE, type PageName, type PageRequest, type TwilioPage } from '../../twilio/page.ts';
import { messages, type WireMessage } from '../../twilio/resources/messages.ts';
import type { HistoryStore, LeasedSlice } from '../history-store.ts';
import { nextDue } from './schedule.ts';
import { earliest, type SliceReader, type SyncAccount, saveChanged, settledBefore } from './slice-reader.ts';

/** At most this many parts of the list are read side by side. */
const MAX_PARTS = 8;
/** A part has at least this many messages. */
const PART_SIZE = 2_000;
/** How many messages after a joint must be the same on both sides of it. */
const OVERLAP = 5;
/** More SIDs than this are not saved: after a crash the list is read from its beginning. */
const MAX_UNSENT = 1_000;

/** A part of the list, as plain data. */
interface Part {
  /** The message before the part, and when its day begins, in milliseconds; null for the first part. */
  readonly joint: { readonly sid: string; readonly day: number } | null;
  next: PageName | null;
  /** The first messages of the part; null before its first page. */
  first: readonly string[] | null;
  /** Whether the part went beyond the day of its joint: what is read is not that day alone. */
  hasLeftDay: boolean;
  /** The part that follows, or that the list ends; null while it is read. */
  end: number | 'list' | null;
  /** Whether its beginning is not what the part before it says. */
  isRejected: boolean;
}

/** How far the list was read. */
interface Walk {
  readonly startedAt: number;
  pages: number;
  readonly parts: readonly Part[];
  /** The SIDs of the messages without a sent date. */
  readonly unsent: string[];
}

/**
 * Reads the whole list without a filter, for the messages without a sent date: no range of dates has them, and where Twilio
 * lists them is not documented. So only the end of the list proves which do not exist.
 *
 * A list is read page after page, which takes long for the first copy. So the list is entered at several places: a day's list
 * gives the token of the place after its newest message, and the list without a filter is read from there. That a token
 * is valid for another filter is not documented. So nothing depends on it: each part is read until it meets the message
 * at which the next one began, and what follows must be the same on both sides. Otherwise it reads on.
 *
 * @throws {LeaseLostError} {StoreUnavailableError} and the errors of Twilio's client
 */
export async function readWholeList(
  slice: LeasedSlice,
  account: SyncAccount,
  reader: SliceReader,
): Promise<void> {
  const { history, now } = reader;
  const { accountSid, lease } = slice;
  const policy = await history.policy(accountSid);
  const keptDays = () => Math.min(account.retention.days, policy?.days ?? Number.POSITIVE_INFINITY);
  const aborts = new AbortController();
  const signal = AbortSignal.any([reader.signal, aborts.signal]);
  const scope = { signal, noCache: true, background: true, flow: 'history' };
  const list = async (request: PageRequest) =>
    (await account.client.list(messages, { AccountSid: accountSid }, request, scope)).value;

  const walk = decodeWalk(slice.position) ?? (await begin());
  const { parts } = walk;
  const joints = new Map(parts.map((part, index) => [part.joint?.sid, index]));
  const entered = parts.map(() => Promise.withResolvers<void>());

  for (;;) {
    await readAll(unfinished());
    // A part that led nowhere is read by the one before it.
    const rejected = chain().find((index) => parts[index]?.isRejected);
    if (rejected === undefined) break;
    for (const part of parts) if (part.end === rejected) part.end = null;
  }
  const since = new Date(earliest(keptDays(), now()));
  const until = new Date(settledBefore(walk.startedAt));
  const readAt = new Date(walk.startedAt);
  await save([], readAt, {
    complete: { of: 'unsent', since, until, sids: walk.unsent, readAt },
    done: { dueAt: nextDue(slice, now(), walk.pages) },
  });

  /** The parts that make up the list, in its order, as far as they are known. */
  function chain(): number[] {
    const found = [0];
    for (;;) {
      const end = parts[found.at(-1) ?? 0]?.end;
      if (typeof end !== 'number') return found;
      found.push(end);
    }
  }

  function unfinished(): number[] {
    return [...parts.keys()].filter((index) => parts[index]?.end === null && !parts[index]?.isRejected);
  }

  async function readAll(indexes: readonly number[]): Promise<void> {
    const running = indexes.map((index) => readPart(index));
    try {
      await Promise.all(running);
    } catch (error) {
      aborts.abort();
      await Promise.allSettled(running);
      throw error;
    }
  }

  async function readPart(index: number): Promise<void> {
    const part = parts[index] as Part;
    const tokens = new Set<string>();
    let restarts = 0;
    /** A joint at the end of the last page. */
    let joint: number | null = null;
    while (part.end === null && !part.isRejected) {
      const readAt = new Date(now());
      let page: TwilioPage<WireMessage>;
      try {
        page = await list({ name: part.next, pageSize: MAX_PAGE_SIZE, filters: [] });
      } catch (error) {
        if (!(error instanceof TwilioError && isBadPageToken(error)) || part.next === null) throw error;
        if (part.joint !== null) reject(index);
        // The first part begins again, once.
        else if (restarts > 0) throw error;
        else part.next = null;
        restarts += 1;
        tokens.clear();
        continue;
      }
      const { items, next } = page;
      if (next && tokens.has(next.pageToken)) throw new TwilioResponseError('its pages form a cycle');
      if (next) tokens.add(next.pageToken);
      const sids = items.map(({ sid }) => sid);
      if (items.length > 0) enter(index, sids);
      part.hasLeftDay ||= isBefore(items, part.joint?.day);
      let end: Part['end'] = null;
      if (next === null) {
        if (part.hasLeftDay) end = 'list';
        else reject(index);
      } else if (items.length > 0) {
        if (joint !== null && (await isMet(joint, sids))) end = joint;
        joint = null;
        for (const [place, sid] of sids.entries()) {
          const met = joints.get(sid);
          if (end !== null || met === undefined || met <= index) continue;
          if (place === sids.length - 1) joint = met;
          else if (await isMet(met, sids.slice(place + 1))) end = met;
        }
      }
      for (const { sid, date_sent } of items) if (date_sent === null) walk.unsent.push(sid);
      walk.pages += 1;
      // Another part may save its page before this one is saved.
      const saved = parts.map((one) => (one === part ? { ...one, next, end } : one));
      await save(items, readAt, { position: encodeWalk({ ...walk, parts: saved }) });
      Object.assign(part, { next, end });
    }
  }

  function enter(index: number, sids: readonly string[]): void {
    const part = parts[index] as Part;
    part.first ??= sids.slice(0, OVERLAP);
    entered[index]?.resolve();
  }

  function reject(index: number): void {
    (parts[index] as Part).isRejected = true;
    entered[index]?.resolve();
  }

  /** Whether the messages after a joint are those with which its part begins. */
  async function isMet(index: number, following: readonly string[]): Promise<boolean> {
    const part = parts[index] as Part;
    // An aborted one enters never.
    if (part.first === null && !part.isRejected) await Promise.race([entered[index]?.promise, ended(signal)]);
    signal.throwIfAborted();
    const shared = Math.min(OVERLAP, part.first?.length ?? 0, following.length);
    const isSame = part.first?.slice(0, shared).every((sid, place) => sid === following[place]) ?? false;
    if (!isSame || shared === 0) part.isRejected = true;
    return !part.isRejected;
  }

  async function begin(): Promise<Walk> {
    const first: Part = {
      joint: null,
      next: null,
      first: null,
      hasLeftDay: true,
      end: null,
      isRejected: false,
    };
    const startedAt = now();
    const days = slice.doneAt === null ? await jointDays(history, accountSid, reader.partSize) : [];
    const found = await Promise.all(days.map((day) => jointOf(day)));
    return { startedAt, pages: 0, unsent: [], parts: [first, ...found.filter((part) => part !== null)] };
  }

  /** Finds the place after the newest message of a day; null where that is not possible. */
  async function jointOf(day: number): Promise<Part | null> {
    if (day < earliest(keptDays(), now())) return null;
    const filters = [
      ['DateSent<', formatTwilioDate(new Date(day + DAY_MS - 1_000))],
      ['DateSent>', formatTwilioDate(new Date(day))],
    ] as const;
    try {
      const { items, next } = await list({ name: null, pageSize: 1, filters });
      const sid = items.at(-1)?.sid;
      if (sid === undefined || next === null) return null;
      return { joint: { sid, day }, next, first: null, hasLeftDay: false, end: null, isRejected: false };
    } catch (error) {
      signal.throwIfAborted();
      // One part fewer.
      if (error instanceof TwilioError || error instanceof TwilioResponseError) return null;
      throw error;
    }
  }

  async function save(
    items: readonly WireMessage[],
    readAt: Date,
    {
      complete,
      ...progress
    }: Pick<Parameters<HistoryStore['savePage']>[0], 'complete'> & {
      readonly position?: string | null;
      readonly done?: { readonly dueAt: Date };
    },
  ): Promise<void> {
    // The slices of days have saved the others before.
    await saveChanged(reader, {
      accountSid,
      messages: items,
      readAt,
      complete,
      slice: { lease, ...progress },
    });
  }
}

/** The days at which parts of about the same size begin, newest first; none for a list that is short. */
async function jointDays(history: HistoryStore, accountSid: string, partSize = PART_SIZE): Promise<number[]> {
  const query = { accountSids: [accountSid], criteria: {}, dimensions: [], interval: 'DAY' as const };
  const { groups } = await history.stats(query);
  const days = groups.flatMap(({ start, measures }) =>
    start === null ? [] : [{ day: start, messages: measures.messages }],
  );
  const total = days.reduce((sum, { messages }) => sum + messages, 0);
  const size = Math.max(partSize, total / MAX_PARTS);
  const found: number[] = [];
  let counted = 0;
  for (const { day, messages } of days.toSorted((a, b) => b.day - a.day)) {
    if (counted >= size * (found.length + 1) && total - counted >= size / 2) found.push(day);
    counted += messages;
  }
  return found;
}

function isBefore(items: readonly WireMessage[], day = Number.POSITIVE_INFINITY): boolean {
  return items.some(({ date_sent }) => (parseTwilioDate(date_sent)?.getTime() ?? day) < day);
}

function ended(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

/** Null where the list must be read from its beginning. */
function encodeWalk(walk: Walk): string | null {
  return walk.unsent.length > MAX_UNSENT ? null : JSON.stringify(walk);
}

/** Null for a position of another version. */
function decodeWalk(position: string | null): Walk | null {
  if (position === null) return null;
  try {
    const walk = JSON.parse(position) as Walk;
    return Array.isArray(walk.parts) && Array.isArray(walk.unsent) ? walk : null;
  } catch {
    return null;
  }
}
