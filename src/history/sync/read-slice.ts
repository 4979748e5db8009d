import { DAY_MS, learnRetention } from '../../pagination/retention.ts';
import { formatTwilioDate, parseTwilioDate } from '../../twilio/dates.ts';
import { isBadPageToken, TwilioError, TwilioResponseError } from '../../twilio/errors.ts';
import { MAX_PAGE_SIZE, type PageRequest, type TwilioPage } from '../../twilio/page.ts';
import { messages, type WireMessage } from '../../twilio/resources/messages.ts';
import type { CompleteRange, HistoryStore, LeasedSlice } from '../history-store.ts';
import { kindOf, planDays, planUndated } from './plan.ts';
import { nextDue, RECENT_MS } from './schedule.ts';
import { earliest, type SliceReader, type SyncAccount, saveChanged, settledBefore } from './slice-reader.ts';
import {
  beginSweep,
  decodeSweep,
  encodeSweep,
  type Sweep,
  type SweptItem,
  sweepHead,
  sweepSent,
} from './sweep.ts';
import { readWholeList } from './whole-list.ts';

/** The head of the list is read until this much before the last time. */
const OVERLAP_MS = 600_000;
/** Few messages arrive between two reads of the head. */
const HEAD_SIZE = 50;
/** Twilio may reject a range because its retention period is shorter than assumed, and begins later in the day. */
const MAX_TRIES = 4;

/**
 * Reads a slice to its end, page by page, and saves each page with the position after it.
 *
 * @throws {LeaseLostError} {StoreUnavailableError} and the errors of Twilio's client
 */
export async function readSlice(
  slice: LeasedSlice,
  account: SyncAccount,
  reader: SliceReader,
): Promise<void> {
  if (kindOf(slice) === 'undated') return readWholeList(slice, account, reader);
  const { history, now } = reader;
  const { accountSid, lease } = slice;
  const policy = await history.policy(accountSid);
  const status = kindOf(slice) === 'head' ? await history.status(accountSid) : null;
  const keptDays = () => Math.min(account.retention.days, policy?.days ?? Number.POSITIVE_INFINITY);
  const save = async (page: Omit<Parameters<HistoryStore['savePage']>[0], 'accountSid'>) => {
    if (slice.doneAt !== null) return saveChanged(reader, { accountSid, ...page });
    const saved = await history.savePage({ accountSid, ...page });
    reader.onPage?.(saved);
  };

  let sweep = decodeSweep(slice.position) ?? begin(slice, now());
  let restarts = 0;
  let tries = 1;
  const seen = new Set<string>();
  for (;;) {
    const readAt = new Date(now());
    const { days } = account.retention;
    const range = rangeOf(slice, sweep, earliest(keptDays(), now()));
    if (range === null) {
      // Twilio does not store these messages any more; the copy keeps them as long as its policy says.
      await save({ messages: [], readAt, slice: { lease, done: { dueAt: null } } });
      return;
    }
    let page: TwilioPage<WireMessage>;
    try {
      page = await fetchPage(sweep, range.filters, status?.asOf ? HEAD_SIZE : MAX_PAGE_SIZE);
    } catch (error) {
      if (tries < MAX_TRIES && learnRetention(account.retention, error, days)) {
        tries += 1;
        continue;
      }
      if (error instanceof TwilioError && isBadPageToken(error) && sweep.next && restarts === 0) {
        restarts += 1;
        sweep = begin(slice, now());
        seen.clear();
        continue;
      }
      throw error;
    }
    const token = page.next?.pageToken;
    if (token !== undefined && seen.has(token)) throw new TwilioResponseError('its pages form a cycle');
    if (token !== undefined) seen.add(token);
    const { items } = page;
    const step = await advance(page, range.since);
    sweep = step.sweep;
    const isDone = step.isDone ?? page.next === null;
    await save({
      messages: items,
      readAt,
      complete: step.complete,
      ...(isDone && kindOf(slice) === 'head' && { currentAt: new Date(sweep.startedAt) }),
      slice: isDone
        ? { lease, done: { dueAt: nextDue(slice, now(), sweep.pages) } }
        : { lease, position: encodeSweep(sweep) },
    });
    if (isDone) return;
  }

  async function advance(
    { items, next }: TwilioPage<WireMessage>,
    since: number | null,
  ): Promise<{ sweep: Sweep; complete?: CompleteRange; isDone?: boolean }> {
    const swept = items.map(toSwept);
    switch (kindOf(slice)) {
      case 'head': {
        const asOf = status?.asOf?.getTime() ?? sweep.startedAt;
        // A time to come is of a clock that was wrong: what was missed since is not known.
        const horizon = asOf > sweep.startedAt ? sweep.startedAt - RECENT_MS : asOf - OVERLAP_MS;
        const isDone = next === null || swept.some(({ sentAt }) => sentAt !== null && sentAt < horizon);
        if (isDone) await planMissingDays(swept, next === null);
        return { ...sweepHead(sweep, next), isDone };
      }
      default:
        return sweepSent(sweep, swept, next, since);
    }
  }

  /** Adds the slices of days, before the head is done for the first time: the copy must not look complete. */
  async function planMissingDays(items: readonly SweptItem[], isWholeList: boolean): Promise<void> {
    const existing = await history.slices(accountSid);
    const perDay = isWholeList && sweep.next === null ? 0 : densityOf(items);
    const days = planDays({ accountSid, existing, now: now(), days: keptDays(), perDay });
    await history.planSlices([...days, planUndated(accountSid)]);
  }

  async function fetchPage(
    { next }: Sweep,
    filters: PageRequest['filters'],
    firstSize: number,
  ): Promise<TwilioPage<WireMessage>> {
    const pageSize = next === null ? firstSize : MAX_PAGE_SIZE;
    const scope = { signal: reader.signal, noCache: true, background: true, flow: 'history' };
    const params = { AccountSid: accountSid };
    return (await account.client.list(messages, params, { name: next, pageSize, filters }, scope)).value;
  }
}

function begin(slice: LeasedSlice, startedAt: number): Sweep {
  const settled = settledBefore(startedAt);
  return beginSweep(startedAt, slice.until ? Math.min(slice.until.getTime(), settled) : settled);
}

/** The range to read, cut to what Twilio stores; null if that is none of it. @param earliest in milliseconds */
function rangeOf(
  slice: LeasedSlice,
  sweep: Sweep,
  earliest: number,
): { readonly since: number | null; readonly filters: PageRequest['filters'] } | null {
  const { since, until } =
    kindOf(slice) === 'recent' ? { since: new Date(sweep.startedAt - RECENT_MS), until: null } : slice;
  if (since === null) return { since: null, filters: [] };
  if (until !== null && until.getTime() < earliest) return null;
  const from = Math.max(since.getTime(), earliest);
  return {
    since: from,
    filters: [
      ...(until ? [['DateSent<', formatTwilioDate(until)] as const] : []),
      ['DateSent>', formatTwilioDate(new Date(from))] as const,
    ],
  };
}

function toSwept({ sid, date_sent }: WireMessage): SweptItem {
  return { sid, sentAt: parseTwilioDate(date_sent)?.getTime() ?? null };
}

/** Messages a day, from a page of the newest; null if that says nothing. */
function densityOf(items: readonly SweptItem[]): number | null {
  const times = items.flatMap(({ sentAt }) => (sentAt === null ? [] : [sentAt]));
  const [newest] = times;
  const oldest = times.at(-1);
  if (newest === undefined || oldest === undefined || newest <= oldest) return null;
  return times.length / ((newest - oldest) / DAY_MS);
}
