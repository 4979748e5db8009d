import { existsSync } from 'node:fs';
import { bulkhead } from 'cockatiel';
import type { HistoryPage, HistoryStore } from './history-store.ts';
import { NO_HISTORY } from './policies.ts';
import { createReaderPool } from './reader-pool.ts';
import type { HistoryLocation, HistoryMethod } from './worker-messages.ts';
import { createThread } from './worker-thread.ts';

/** Methods that change nothing: they run beside the others, in threads of their own. */
const READS: ReadonlySet<HistoryMethod> = new Set<HistoryMethod>([
  'list',
  'count',
  'stats',
  'threads',
  'countThreads',
  'thread',
  'timelines',
]);

/** Reads of few rows, on which every request depends: in a thread that no search keeps busy. */
const LOOKUPS: ReadonlySet<HistoryMethod> = new Set<HistoryMethod>([
  'find',
  'policies',
  'policy',
  'account',
  'status',
  'slices',
]);

/** The results of methods before there is a file. */
const WITHOUT_FILE: ReadonlyMap<HistoryMethod, unknown> = new Map<HistoryMethod, unknown>([
  ['policies', []],
  ['policy', null],
  ['account', null],
  ['status', NO_HISTORY],
  ['applyRetention', 0],
  ['claimSlices', []],
]);

const METHODS: readonly HistoryMethod[] = [
  ...READS,
  ...LOOKUPS,
  'notice',
  'setPolicy',
  'saveAccount',
  'savePage',
  'findChanged',
  'eraseMessages',
  'eraseBodies',
  'eraseAccount',
  'removeAccount',
  'applyRetention',
  'planSlices',
  'reschedule',
  'clock',
  'claimSlices',
  'renewSlice',
  'failSlice',
  'releaseSlice',
  'claimLease',
  'releaseLease',
  'compact',
];

/** Threads that read beside the writer. */
const READERS = 3;
/** Pages of the sync that are with the writer: one is saved, and the next is there when it is. */
const PAGES_AT_ONCE = 2;
/** How long a read may take, in milliseconds. */
const READ_LIMIT_MS = 10_000;

export interface OpenHistoryOptions {
  /** @default 10000 */
  readonly readLimitMs?: number | undefined;
}

/**
 * Opens a history in threads of its own: SQLite is synchronous, and a page of a thousand messages takes some time with
 * either database. Calls wait until it is open, and fail where it cannot be opened. Reads that take too long fail with
 * HISTORY_TIMEOUT. What a request saves waits for two pages of the sync at most, and not for all that were read side by side.
 */
export function openHistory(
  where: Pick<HistoryLocation, 'databaseUrl' | 'file'>,
  { readLimitMs = READ_LIMIT_MS }: OpenHistoryOptions = {},
): HistoryStore {
  const location: HistoryLocation = { ...where, readLimitMs };
  const writer = createThread(location);
  const createReader = () => createThread({ ...location, isReader: true }, { first: writer });
  // Both read beside a writer. With PostgreSQL, one thread has all reads side by side.
  const lookups = createReader();
  const reader = location.databaseUrl
    ? lookups
    : createReaderPool({ create: createReader, size: READERS, limitMs: readLimitMs });
  const pages = bulkhead(PAGES_AT_ONCE, Number.POSITIVE_INFINITY);
  let isEmpty = !location.databaseUrl && !existsSync(location.file);
  const methods = METHODS.map((method) => {
    const thread = LOOKUPS.has(method) ? lookups : READS.has(method) ? reader : writer;
    const nothing = WITHOUT_FILE.get(method);
    return [
      method,
      async (...args: unknown[]) => {
        // A gateway without any history needs no thread to know that.
        if (isEmpty && nothing !== undefined) return nothing;
        isEmpty = false;
        const call = () => thread.call(method, args);
        return isOfSync(method, args) ? pages.execute(call) : call();
      },
    ];
  });
  return {
    ...(Object.fromEntries(methods) as Omit<HistoryStore, 'close'>),
    async close() {
      await Promise.all([...new Set([lookups, reader])].map((thread) => thread.close()));
      await writer.close();
    },
  };
}

/** Whether a call saves a page that no request waits for. */
function isOfSync(method: HistoryMethod, args: readonly unknown[]): boolean {
  if (method !== 'savePage') return false;
  const { observedBy = 'SYNC' } = args[0] as HistoryPage;
  return observedBy === 'SYNC';
}
