import { GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { HistoryStore, MessageOrder } from '../history/history-store.ts';
import { dateSentRange, isSelective, type MessageCriteria } from '../pagination/message-filter.ts';
import { DAY_MS } from '../pagination/retention.ts';
import { explainStoreError } from '../store/store-errors.ts';
import { createCopies } from './copies.ts';
import { createHistorySource } from './history-source.ts';
import { sourceOfCursor } from './key-cursor.ts';
import { cursorIn, type Paging } from './list-reader.ts';
import type { AccountRead, MessageSlice, MessageSource, ReadOptions } from './message-source.ts';
import { createRefresh } from './refresh-copy.ts';
import type { TwilioSource } from './twilio-source.ts';

/** How long a response that was read from the copy may be cached, in milliseconds. */
const COPY_MS = 2_000;

export interface ChooseSourceOptions {
  readonly twilio: TwilioSource;
  /** Absent without a copy of any account. */
  readonly history?: HistoryStore | undefined;
  /** Twilio's retention period. */
  readonly retentionDays: number;
  readonly now: () => number;
}

/** A read, as far as its source depends on it. */
interface Read {
  readonly kind: 'list' | 'stats' | 'threads';
  readonly accounts: readonly AccountRead[];
  readonly criteria: MessageCriteria;
  readonly paging: Paging;
  readonly options: ReadOptions;
}

/**
 * Chooses the source of each read. A cursor and an explicit source decide; else Twilio answers what it filters itself, and
 * the copy, brought up to date first, what Twilio does not: if it covers what is asked for. docs/history.md has the table.
 */
export function createMessageSource({
  twilio,
  history,
  retentionDays,
  now,
}: ChooseSourceOptions): MessageSource {
  if (!history) return withoutHistory(twilio);
  const inspect = createCopies(history, now);
  const source = createHistorySource(history, inspect);
  const refresh = createRefresh(history, now);

  /**
   * Reads from the source that the request or the table in docs/history.md chooses. Where the request leaves the choice and the
   * database fails, Twilio answers.
   *
   * @throws {CURSOR_INVALID} for a cursor of another source than the requested one
   */
  async function readFrom<T>(
    read: Read,
    from: { readonly twilio: () => Promise<T>; readonly copy: () => Promise<T> },
  ): Promise<T> {
    const chosen = decided(read.paging, read.options);
    if (chosen === 'TWILIO') return from.twilio();
    if (chosen === 'HISTORY') return readCopy(read.accounts, read.options, from.copy);
    try {
      if (await isForCopy(read)) return await readCopy(read.accounts, read.options, from.copy);
    } catch (error) {
      const explained = explainStoreError(error);
      if (!(explained instanceof GatewayError && explained.code === 'STORE_UNAVAILABLE')) throw error;
    }
    return from.twilio();
  }

  /** Whether the copy answers what AUTO asks for; then it is brought up to date. */
  async function isForCopy({ kind, accounts, criteria }: Read): Promise<boolean> {
    if (kind === 'list' && !isSelective(criteria) && !isBeyondRetention(criteria)) return false;
    for (const account of accounts) {
      const { problem, covers } = await inspect(account, criteria);
      if (problem || !covers) return false;
    }
    const results = await Promise.all(accounts.map(refresh));
    return !results.includes('behind');
  }

  function isBeyondRetention({ dateSent }: MessageCriteria): boolean {
    const { since, until } = dateSentRange(dateSent);
    const bound = since ?? until;
    return bound !== null && bound < now() - retentionDays * DAY_MS;
  }

  /** Accounts of which a page is being saved. */
  const saving = new Set<string>();

  /**
   * Saves what was read from Twilio anyway. The response does not wait for it, and does not fail with it. At most one page
   * of an account at a time: more would fill the memory faster than the store writes, and the sync reads the rest.
   */
  function observe({ found, viaOf }: MessageSlice, readAt: Date): void {
    const pages = Map.groupBy(
      found.map(({ item }) => item),
      (item) => viaOf(item).credential.accountSid,
    );
    for (const [accountSid, messages] of pages) {
      if (saving.has(accountSid)) continue;
      saving.add(accountSid);
      const save = async () => {
        const policy = await history?.policy(accountSid);
        const own = messages.filter(({ account_sid }) => account_sid === accountSid);
        if (policy?.enabled) {
          await history?.savePage({ accountSid, messages: own, readAt, observedBy: 'READ' });
        }
      };
      save()
        .catch(() => {})
        .finally(() => saving.delete(accountSid));
    }
  }

  /** Runs a read of the copies of these accounts. */
  async function readCopy<T>(
    accounts: readonly AccountRead[],
    { reads }: Pick<ReadOptions, 'reads'>,
    read: () => Promise<T>,
  ): Promise<T> {
    reads.limitLifetime(COPY_MS);
    for (const { accountSid } of accounts) reads.addAccess('messages', accountSid);
    try {
      return await read();
    } catch (error) {
      reads.addFailure();
      throw error;
    }
  }

  return {
    list: (accounts, criteria, paging, options) =>
      readFrom(
        { kind: 'list', accounts, criteria, paging, options },
        {
          copy: () => source.list(accounts, criteria, paging, options),
          twilio: async () => {
            const readAt = new Date(now());
            options.onTwilio?.();
            const slice = await twilio.list(accounts, criteria, paging);
            observe(slice, readAt);
            return slice;
          },
        },
      ),
    stats: (accounts, request, options) =>
      readFrom(
        { kind: 'stats', accounts, criteria: request.criteria, paging: {}, options },
        {
          copy: () => source.stats(accounts, request, options),
          twilio: () => twilio.stats(accounts, request),
        },
      ),
    threads: (accounts, criteria, paging, options) =>
      readFrom(
        { kind: 'threads', accounts, criteria, paging, options },
        {
          copy: () => source.threads(accounts, criteria, paging, options),
          twilio: () => twilio.threads(accounts, criteria, paging),
        },
      ),
    summary: (accounts, participant, options) =>
      readCopy(accounts, options, () => source.summary(accounts, participant)),
  };
}

const orderOf = ({ order }: ReadOptions): MessageOrder => order ?? 'NEWEST_FIRST';

/** The source, where the cursor, the order or the argument decides; null for AUTO. */
function decided(paging: Paging, options: ReadOptions): 'TWILIO' | 'HISTORY' | null {
  const { source } = options;
  const argument = cursorIn(paging);
  const cursor = paging.after ?? paging.before;
  if (argument && cursor != null) {
    const made = sourceOfCursor(cursor);
    if (source && source !== 'AUTO' && source !== made) {
      throw gatewayError('CURSOR_INVALID', argument, `was made by the source ${made}`);
    }
    if (made === 'TWILIO') requireNewestFirst(options);
    return made;
  }
  if (source === 'TWILIO') {
    requireNewestFirst(options);
    return 'TWILIO';
  }
  if (source === 'HISTORY' || orderOf(options) === 'OLDEST_FIRST') return 'HISTORY';
  return null;
}

/** @throws {HISTORY_UNAVAILABLE} */
function requireNewestFirst(options: ReadOptions): void {
  if (orderOf(options) === 'OLDEST_FIRST') {
    throw gatewayError('HISTORY_UNAVAILABLE', 'Twilio lists newest first only, and Twilio was asked for');
  }
}

/** Twilio alone, where the gateway keeps no copy. */
function withoutHistory(twilio: TwilioSource): MessageSource {
  const check = (paging: Paging, options: ReadOptions): void => {
    if (decided(paging, options) === 'HISTORY')
      throw gatewayError('HISTORY_UNAVAILABLE', 'the gateway keeps none');
  };
  return {
    async list(accounts, criteria, paging, options) {
      check(paging, options);
      options.onTwilio?.();
      return twilio.list(accounts, criteria, paging);
    },
    async stats(accounts, request, options) {
      check({}, options);
      return twilio.stats(accounts, request);
    },
    async threads(accounts, criteria, paging, options) {
      check(paging, options);
      return twilio.threads(accounts, criteria, paging);
    },
    summary: async () => null,
  };
}
