import type { GatewayError } from '../errors/gateway-error.ts';
import type { HistoryStore, ThreadSummary } from '../history/history-store.ts';
import { hashList } from '../pagination/cursor.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import { explainStoreError } from '../store/store-errors.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { InspectCopy } from './copies.ts';
import { decodeKeyCursor, encodeKeyCursor } from './key-cursor.ts';
import { type Paging, toSliceRequest } from './list-reader.ts';
import {
  type AccountRead,
  type MessageSlice,
  type MessageStatistics,
  type Provenance,
  type ReadOptions,
  type StatsRequest,
  type ThreadSlice,
  type UnavailableAccount,
  viaOf,
} from './message-source.ts';
import { foundIn, readThreadPaging, toThreadSlice } from './thread-cursor.ts';

/** Reads of messages from the gateway's copy alone; they make no call. */
export interface HistorySource {
  list(
    accounts: readonly AccountRead[],
    criteria: MessageCriteria,
    paging: Paging,
    options: Pick<ReadOptions, 'order' | 'flow'>,
  ): Promise<MessageSlice>;
  stats(
    accounts: readonly AccountRead[],
    request: StatsRequest,
    options: Pick<ReadOptions, 'flow'>,
  ): Promise<MessageStatistics>;
  threads(
    accounts: readonly AccountRead[],
    criteria: MessageCriteria,
    paging: Pick<Paging, 'first' | 'after'>,
    options: Pick<ReadOptions, 'flow'>,
  ): Promise<ThreadSlice>;
  /** Null if no account has a copy. */
  summary(accounts: readonly AccountRead[], participant: string): Promise<ThreadSummary | null>;
}

export function createHistorySource(history: HistoryStore, inspect: InspectCopy): HistorySource {
  /**
   * Finds the accounts whose copies may be read.
   *
   * @throws the problem of the first account, if there is none
   */
  async function open(
    accounts: readonly AccountRead[],
    criteria: MessageCriteria,
  ): Promise<{ accountSids: string[]; provenance: Provenance }> {
    const accountSids: string[] = [];
    const unavailable: UnavailableAccount[] = [];
    let asOf = Number.POSITIVE_INFINITY;
    let truncated = false;
    let firstProblem: GatewayError | undefined;
    for (const account of accounts) {
      const { accountSid } = account;
      const copy = await inspect(account, criteria);
      if (copy.problem) {
        const { code, message } = copy.problem;
        firstProblem ??= copy.problem;
        unavailable.push({ accountSid, code, message });
        continue;
      }
      accountSids.push(accountSid);
      asOf = Math.min(asOf, copy.asOf?.getTime() ?? 0);
      truncated ||= !copy.covers;
    }
    if (firstProblem && accountSids.length === 0) throw firstProblem;
    const provenance: Provenance = {
      source: 'HISTORY',
      asOf: new Date(asOf),
      scanned: 0,
      scanLimitReached: false,
      truncated,
      unavailable,
    };
    return { accountSids, provenance };
  }

  return {
    list: (accounts, criteria, paging, { order: requested, flow }) =>
      explained(async () => {
        const order = requested ?? 'NEWEST_FIRST';
        const { accountSids, provenance } = await open(accounts, criteria);
        const listHash = hashList(
          'history',
          accounts.map(({ accountSid }) => accountSid).join(),
          criteria,
          order,
        );
        const request = toSliceRequest(paging, (cursor, argument) =>
          decodeKeyCursor('HISTORY', listHash, cursor, argument),
        );
        const forward = 'first' in request;
        const window = forward
          ? { limit: request.first, after: request.after ?? undefined }
          : { limit: request.last, before: request.before };
        const query = { accountSids, criteria, flow };
        const { messages, more } = await history.list(query, { order, ...window });
        const cursorOf = (message: WireMessage | undefined) =>
          message ? encodeKeyCursor('HISTORY', listHash, keyOf(message)) : null;
        return {
          ...provenance,
          found: foundIn(messages),
          hasNextPage: forward ? more : true,
          hasPreviousPage: forward ? request.after !== null : more,
          cursorOf: ({ item }) => encodeKeyCursor('HISTORY', listHash, keyOf(item)),
          startCursor: () => cursorOf(messages[0]),
          endCursor: () => cursorOf(messages.at(-1)),
          viaOf: viaOf(accounts),
          count: () => explained(() => history.count(query)),
        };
      }),

    stats: (accounts, { criteria, ...request }, { flow }) =>
      explained(async () => {
        const { accountSids, provenance } = await open(accounts, criteria);
        const { since, until, ...found } = await history.stats({ accountSids, criteria, flow, ...request });
        return { ...found, coverage: { ...provenance, since, until } };
      }),

    threads: (accounts, criteria, paging, { flow }) =>
      explained(async () => {
        const { accountSids, provenance } = await open(accounts, criteria);
        const listParts = [accounts.map(({ accountSid }) => accountSid), criteria];
        const page = readThreadPaging('HISTORY', paging, listParts);
        const query = { accountSids, criteria, flow };
        const { threads, more } = await history.threads(query, page);
        const items = threads.map(({ key, summary }) => ({ key, participant: summary.participant, summary }));
        return {
          ...toThreadSlice(items, more, page),
          ...provenance,
          count: () => explained(() => history.countThreads(query)),
        };
      }),

    summary: (accounts, participant) =>
      explained(async () => {
        const readable: string[] = [];
        for (const account of accounts) {
          if (!(await inspect(account, {})).problem) readable.push(account.accountSid);
        }
        return readable.length === 0 ? null : history.thread(readable, participant);
      }),
  };
}

/** Turns errors of the store into those the client may see. */
async function explained<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw explainStoreError(error);
  }
}

function keyOf({ sid, date_sent, date_created }: WireMessage) {
  const time = (parseTwilioDate(date_sent) ?? parseTwilioDate(date_created))?.getTime() ?? 0;
  return { time, sid: sid.slice(2).toLowerCase() };
}
