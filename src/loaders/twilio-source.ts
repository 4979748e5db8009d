import { participantOf, personOf } from '../delivery/participant.ts';
import { entryOf } from '../errors/catalogue.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { hashList } from '../pagination/cursor.ts';
import { type MergedSlice, readMerged } from '../pagination/merge.ts';
import { decodeMergeCursor, encodeMergeCursor } from '../pagination/merge-cursor.ts';
import type { MergePosition } from '../pagination/merge-position.ts';
import { type MessageCriteria, splitByParticipant } from '../pagination/message-filter.ts';
import { StatsCounter } from '../stats/message-stats.ts';
import { createTimeBuckets } from '../stats/time-buckets.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { type CursorSlice, cursorIn, type Paging, readCursorSlice, toSliceRequest } from './list-reader.ts';
import type { MessageList } from './message-list.ts';
import {
  type AccountRead,
  type MessageSlice,
  type MessageStatistics,
  type StatsRequest,
  type ThreadItem,
  type ThreadSlice,
  type UnavailableAccount,
  viaOf,
} from './message-source.ts';
import { precedes, readThreadPaging, sliceThreads } from './thread-cursor.ts';

/** Reads of messages from Twilio alone. */
export interface TwilioSource {
  list(accounts: readonly AccountRead[], criteria: MessageCriteria, paging: Paging): Promise<MessageSlice>;
  stats(accounts: readonly AccountRead[], request: StatsRequest): Promise<MessageStatistics>;
  threads(accounts: readonly AccountRead[], criteria: MessageCriteria, paging: Paging): Promise<ThreadSlice>;
}

export interface TwilioSourceOptions {
  /** Maximum number of messages that one read may scan, where the gateway filters. */
  readonly scanBudget: number;
  readonly telemetry: Pick<Telemetry, 'scanned'>;
  readonly now: () => number;
}

/** The time by which lists are merged: of the sending, or of the creation while a message is not sent. */
const timeOf = ({ date_sent, date_created }: WireMessage) =>
  (parseTwilioDate(date_sent) ?? parseTwilioDate(date_created))?.getTime() ?? 0;

/**
 * Reads messages from Twilio's lists. One list serves one account; several accounts or both directions of a participant
 * need several, which are merged.
 */
export function createTwilioSource({ scanBudget, telemetry, now }: TwilioSourceOptions): TwilioSource {
  const openLists = (accounts: readonly AccountRead[], criteria: MessageCriteria): MessageList[] =>
    accounts.flatMap(({ accountSid, via }) =>
      splitByParticipant(criteria).map((one) => via.openMessages(accountSid, one)),
    );

  function merge(
    lists: readonly MessageList[],
    request: Parameters<typeof readMerged>[1],
    selective: boolean,
  ) {
    return readMerged<WireMessage>(lists, request, { timeOf, selective, budget: scanBudget });
  }

  async function readOne(list: MessageList, criteria: MessageCriteria, paging: Paging) {
    try {
      const listParts = ['messages', list.accountSid, criteria];
      return await readCursorSlice(list.source, list, paging, listParts, scanBudget);
    } catch (error) {
      throw list.explain(error, cursorIn(paging));
    }
  }

  async function readSeveral(lists: readonly MessageList[], criteria: MessageCriteria, paging: Paging) {
    const mergeHash = hashList('messages', lists.map(({ accountSid }) => accountSid).join(), criteria);
    const encode = (position: MergePosition) => encodeMergeCursor(mergeHash, position);
    const request = toSliceRequest(paging, (cursor, argument) =>
      decodeMergeCursor(mergeHash, lists.length, cursor, argument),
    );
    const merged = await merge(
      lists,
      request,
      lists.some(({ selective }) => selective),
    );
    const unavailable = unavailableOf(lists, merged, cursorIn(paging));
    const { start, end, found, positionAt, failures: _, ...slice } = merged;
    const places = new Map(found.map((item, place) => [item as object, place]));
    const cursors: CursorSlice<WireMessage> = {
      ...slice,
      found,
      cursorOf: (item) => encode(positionAt(places.get(item) ?? 0)),
      startCursor: () => start && encode(start),
      endCursor: () => end && encode(end),
    };
    return { ...cursors, unavailable };
  }

  /** Reads all messages, newest first, as far as the scan budget allows. */
  async function scan(accounts: readonly AccountRead[], criteria: MessageCriteria) {
    const lists = openLists(accounts, criteria);
    const merged = await merge(lists, { first: scanBudget, after: null }, true);
    telemetry.scanned(merged.scanned, 'gateway');
    return {
      messages: merged.found.map(({ item }) => item),
      source: 'TWILIO' as const,
      asOf: new Date(now()),
      scanned: merged.scanned,
      scanLimitReached: merged.hasNextPage,
      truncated: lists.some((list) => list.isTruncated()),
      unavailable: unavailableOf(lists, merged),
    };
  }

  return {
    async list(accounts, criteria, paging): Promise<MessageSlice> {
      const lists = openLists(accounts, criteria);
      const [only] = lists;
      const slice =
        only && lists.length === 1
          ? { ...(await readOne(only, criteria, paging)), unavailable: [] }
          : await readSeveral(lists, criteria, paging);
      telemetry.scanned(slice.scanned, lists.some(({ selective }) => selective) ? 'gateway' : 'twilio');
      return {
        ...slice,
        source: 'TWILIO',
        asOf: new Date(now()),
        truncated: lists.some((list) => list.isTruncated()),
        viaOf: viaOf(accounts),
        count: async () => null,
      };
    },
    async stats(accounts, { criteria, dimensions, interval, timeZone }): Promise<MessageStatistics> {
      const bucketOf = interval ? await createTimeBuckets(interval, timeZone ?? 'UTC') : undefined;
      const counter = new StatsCounter(dimensions, bucketOf);
      const { messages, ...provenance } = await scan(accounts, criteria);
      const byCreation = criteria.dateCreated != null;
      let oldest = Number.POSITIVE_INFINITY;
      let newest = Number.NEGATIVE_INFINITY;
      for (const message of messages) {
        const created = parseTwilioDate(message.date_created)?.getTime() ?? null;
        const sent = parseTwilioDate(message.date_sent)?.getTime() ?? null;
        const time = byCreation ? created : (sent ?? created);
        if (time !== null) {
          oldest = Math.min(oldest, time);
          newest = Math.max(newest, time);
        }
        counter.add(message, time);
      }
      const dateOf = (time: number) => (Number.isFinite(time) ? new Date(time) : null);
      return {
        ...counter.result(),
        coverage: { ...provenance, since: dateOf(oldest), until: dateOf(newest) },
      };
    },
    async threads(accounts, criteria, paging): Promise<ThreadSlice> {
      const listParts = [accounts.map(({ accountSid }) => accountSid), criteria];
      const page = readThreadPaging('TWILIO', paging, listParts);
      const { messages, ...provenance } = await scan(accounts, criteria);
      const persons = new Map<string, ThreadItem>();
      for (const message of messages) {
        const party = participantOf(message);
        if (party === null) continue;
        const participant = personOf(party);
        const key = { time: timeOf(message), sid: message.sid.slice(2).toLowerCase() };
        const known = persons.get(participant);
        if (!known || precedes(key, known.key)) persons.set(participant, { key, participant, summary: null });
      }
      // Twilio's lists are not quite in the order of these times: messages without a sent date are among the others.
      const threads = [...persons.values()].sort((a, b) => (precedes(a.key, b.key) ? -1 : 1));
      return { ...sliceThreads(threads, page), ...provenance, count: async () => null };
    },
  };
}

/**
 * Returns the accounts whose lists could not be read.
 *
 * @throws the error of the first account, if no account could be read
 * @throws an error that is not of an account, such as that of a request that was aborted
 */
function unavailableOf(
  lists: readonly MessageList[],
  { failures }: MergedSlice<WireMessage>,
  cursor?: 'after' | 'before',
): readonly UnavailableAccount[] {
  const errors = new Map<string, GatewayError>();
  for (const [index, failure] of failures) {
    const list = lists[index];
    if (!list) continue;
    const error = list.explain(failure, cursor);
    const isOfRequest = !(error instanceof GatewayError) || OF_REQUEST.has(entryOf(error.code).outcome);
    if (isOfRequest) throw error;
    errors.set(list.accountSid, error);
  }
  const [first] = errors.values();
  if (first && lists.every(({ accountSid }) => errors.has(accountSid))) throw first;
  return [...errors].map(([accountSid, { code, message }]) => ({ accountSid, code, message }));
}

/** Outcomes of errors that concern the whole request and not an account. */
const OF_REQUEST: ReadonlySet<string> = new Set(['aborted', 'timeout', 'input', 'internal']);
