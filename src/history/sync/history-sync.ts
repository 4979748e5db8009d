import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.ts';
import type { HistoryStore, LeasedSlice, SavedPage } from '../history-store.ts';
import { LeaseLostError } from '../history-store.ts';
import { createSharedClock, type SharedClock } from '../shared-clock.ts';
import { planBase } from './plan.ts';
import { readAccount } from './read-account.ts';
import { readSlice } from './read-slice.ts';
import { backoffMs } from './schedule.ts';
import type { SyncAccount } from './slice-reader.ts';
import { explainSyncError } from './sync-error.ts';

export interface HistorySyncOptions {
  readonly history: HistoryStore;
  /** The accounts that this gateway has credentials for. */
  accounts(): Promise<readonly SyncAccount[]>;
  readonly log: Logger;
  /** @default the clock of this machine, corrected by that of the database */
  readonly clock?: SharedClock | undefined;
  /** Slices of one account that are read side by side. @default 8 */
  readonly slicesAtOnce?: number | undefined;
  /** How long a slice stays with a gateway that gives no sign of life. @default 30000 */
  readonly leaseMs?: number | undefined;
  /** How often to look for slices that are due, in milliseconds. @default 2000 */
  readonly pollMs?: number | undefined;
  /** The least number of messages of a part of the whole list. @default 2000 */
  readonly partSize?: number | undefined;
  /** Receives what each page changed. */
  readonly onPage?: ((saved: SavedPage) => void) | undefined;
}

/** Fills the history from Twilio, as long as it is open. */
export interface HistorySync {
  /** Looks for slices that are due now, e.g. after a policy was changed. */
  wake(): void;
  /** Aborts the running reads and releases their slices; another gateway may go on at once. */
  close(): Promise<void>;
}

/** How many slices of all accounts are read side by side: each holds a page in memory. */
const MAX_RUNNING = 16;
const BASE_EVERY_MS = 60_000;
const MEASURE_EVERY_MS = 60_000;
const RETENTION_EVERY_MS = 6 * 3_600_000;
const RETENTION_LEASE_MS = 600_000;
/** After a failure of the store. */
const STORE_PAUSE_MS = 5_000;

/** The state of the sync of one enabled account. */
interface Running {
  readonly aborts: AbortController;
  /** The running reads: of slices, and of the account itself. */
  readonly reads: Set<Promise<void>>;
  /** When to read the account itself; infinity while it is being read. */
  accountDueAt: number;
  /** When the slices that every account has were last planned. */
  plannedAt: number;
  /** After a failure that all slices would meet. */
  pausedUntil: number;
  /** Of such failures, in a row. */
  failures: number;
}

export function openHistorySync(options: HistorySyncOptions): HistorySync {
  const { history, log, clock = createSharedClock(options.history, Date.now) } = options;
  const { now } = clock;
  const { slicesAtOnce = 8, leaseMs = 30_000, pollMs = 2_000 } = options;
  const owner = randomUUID();
  const accounts = new Map<string, Running>();
  /** Reads of accounts that were disabled meanwhile. */
  const ending = new Set<Promise<void>>();
  let retentionAt = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  let isWoken = false;
  let wakeUp = () => {};

  async function look(): Promise<void> {
    const policies = await history.policies();
    const enabled = new Set(
      policies.filter((one) => one.enabled && !one.paused).map((one) => one.accountSid),
    );
    for (const [accountSid, running] of accounts) if (!enabled.has(accountSid)) drop(accountSid, running);
    if (policies.length > 0) await applyRetention();
    if (enabled.size === 0) return;
    if (performance.now() - measuredAt >= MEASURE_EVERY_MS) {
      await clock.measure();
      measuredAt = performance.now();
    }
    const readable = await options.accounts();
    for (const account of readable) {
      if (enabled.has(account.accountSid)) await startDue(account);
    }
  }

  function drop(accountSid: string, { aborts, reads }: Running): void {
    accounts.delete(accountSid);
    aborts.abort();
    for (const read of reads) {
      ending.add(read);
      void read.finally(() => ending.delete(read));
    }
  }

  async function startDue(account: SyncAccount): Promise<void> {
    const { accountSid } = account;
    const running = accounts.get(accountSid) ?? begin(accountSid);
    if (performance.now() < running.pausedUntil) return;
    if (now() - running.plannedAt >= BASE_EVERY_MS) {
      await history.planSlices(planBase(accountSid));
      running.plannedAt = now();
    }
    if (now() >= running.accountDueAt) track(running, readRecord(account, running));
    const all = [...accounts.values()].reduce((sum, { reads }) => sum + reads.size, ending.size);
    // After a failure one slice tries, and the others follow.
    const most = running.failures > 0 ? 1 : slicesAtOnce;
    const limit = Math.min(most - running.reads.size, MAX_RUNNING - all);
    if (limit <= 0) return;
    for (const slice of await history.claimSlices({ leaseMs, limit, accountSid })) {
      track(running, read(slice, account, running));
    }
  }

  function track({ reads }: Running, work: Promise<void>): void {
    const tracked = work.finally(() => {
      reads.delete(tracked);
      wake();
    });
    reads.add(tracked);
  }

  function begin(accountSid: string): Running {
    const running: Running = {
      aborts: new AbortController(),
      reads: new Set(),
      accountDueAt: 0,
      plannedAt: Number.NEGATIVE_INFINITY,
      pausedUntil: 0,
      failures: 0,
    };
    accounts.set(accountSid, running);
    return running;
  }

  /** Reads the account itself; never fails. */
  async function readRecord(account: SyncAccount, running: Running): Promise<void> {
    running.accountDueAt = Number.POSITIVE_INFINITY;
    const { signal } = running.aborts;
    try {
      running.accountDueAt = await readAccount(account, { history, now, signal });
    } catch (err) {
      running.accountDueAt = now() + STORE_PAUSE_MS;
      if (!signal.aborted) log.warn({ err, accountSid: account.accountSid }, 'an account was not saved');
    }
  }

  /** Reads one slice; never fails. */
  async function read(slice: LeasedSlice, account: SyncAccount, running: Running): Promise<void> {
    const { lease } = slice;
    const lost = new AbortController();
    const signal = AbortSignal.any([running.aborts.signal, lost.signal]);
    const renewal = setInterval(() => {
      history.renewSlice(lease, leaseMs).then(
        (isOurs) => isOurs || lost.abort(),
        // It may still be ours; a page is saved only if it is.
        () => {},
      );
    }, leaseMs / 3);
    renewal.unref();
    try {
      const onPage = (saved: SavedPage) => {
        running.failures = 0;
        options.onPage?.(saved);
      };
      await readSlice(slice, account, { history, now, signal, onPage, partSize: options.partSize });
    } catch (error) {
      await end(error, slice, running, signal).catch((err: unknown) =>
        log.warn({ err, accountSid: slice.accountSid, slice: slice.key }, 'a slice was not released'),
      );
    } finally {
      clearInterval(renewal);
    }
  }

  async function end(
    error: unknown,
    slice: LeasedSlice,
    running: Running,
    signal: AbortSignal,
  ): Promise<void> {
    const { accountSid, key, lease } = slice;
    if (error instanceof LeaseLostError) return;
    if (signal.aborted) return history.releaseSlice(lease);
    const failure = explainSyncError(error);
    if (failure === null)
      log.warn({ err: error, accountSid, slice: key }, 'a slice of the history was not saved');
    const { reason, isAccountWide, ...wait } = failure ?? OWN_FAILURE;
    let waitMs = running.pausedUntil - performance.now();
    // Slices that fail side by side are one failure of the account.
    if (!isAccountWide) waitMs = backoffMs(slice.failures + 1, wait, Math.random());
    else if (waitMs <= 0) {
      running.failures += 1;
      waitMs = backoffMs(running.failures, wait, Math.random());
      running.pausedUntil = performance.now() + waitMs;
    }
    log.info(
      { accountSid, slice: key, reason, waitMs: Math.round(waitMs) },
      'a slice of the history was not read',
    );
    await history.failSlice(lease, { error: reason, dueAt: new Date(now() + waitMs) });
  }

  async function applyRetention(): Promise<void> {
    if (now() - retentionAt < RETENTION_EVERY_MS) return;
    retentionAt = now();
    if (await history.claimLease('retention', owner, RETENTION_LEASE_MS)) {
      const erased = await history.applyRetention();
      if (erased > 0) log.info({ erased }, 'messages that are older than their policy were erased');
    }
  }

  function wake(): void {
    isWoken = true;
    wakeUp();
  }

  async function waitFor(ms: number): Promise<void> {
    if (!isWoken && !isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      const timer = setTimeout(resolve, ms).unref();
      await promise;
      clearTimeout(timer);
    }
    isWoken = false;
  }

  async function run(): Promise<void> {
    let isFailing = false;
    while (!isClosed) {
      try {
        await look();
        isFailing = false;
      } catch (err) {
        if (!isFailing && !isClosed) log.warn({ err }, 'the history cannot be synced now');
        isFailing = true;
      }
      await waitFor(isFailing ? STORE_PAUSE_MS : pollMs);
    }
  }
  const loop = run();

  return {
    wake,
    async close() {
      isClosed = true;
      const abortAll = () => {
        for (const { aborts } of accounts.values()) aborts.abort();
      };
      abortAll();
      wake();
      await loop;
      // The loop may have begun to read another account meanwhile.
      abortAll();
      await Promise.allSettled([...ending, ...[...accounts.values()].flatMap(({ reads }) => [...reads])]);
      await history.releaseLease('retention', owner).catch(() => {});
    },
  };
}

const OWN_FAILURE = {
  reason: 'The messages could not be saved.',
  isAccountWide: false,
  lasting: false,
  retryAfter: null,
};
