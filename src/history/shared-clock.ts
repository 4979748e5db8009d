import type { HistoryStore } from './history-store.ts';

/** The clock of the database, by which gateways on several machines agree on the time. */
export interface SharedClock {
  /** In milliseconds: the clock of this machine, corrected as last measured. */
  now(): number;
  /** Compares the clocks. @throws {StoreUnavailableError} */
  measure(): Promise<void>;
}

/** @param local the clock of this machine */
export function createSharedClock(history: Pick<HistoryStore, 'clock'>, local: () => number): SharedClock {
  let ahead = 0;
  return {
    now: () => local() - ahead,
    async measure() {
      const before = local();
      const shared = await history.clock();
      const after = local();
      // The database was asked between the two: what is within them needs no correction.
      ahead = Math.max(0, before - shared) || Math.min(0, after - shared);
    },
  };
}
