import type { Logger } from '../log.ts';
import type { NewAuditEntry } from '../store/records.ts';
import type { AuditLog } from '../store/store.ts';

/** What a request read: the kind of data, and the accounts it belongs to. */
export interface AuditedRead {
  readonly caller: { readonly name: string; readonly origin: string | null };
  /** E.g. `messages AC…`, as in {@link ReadSummary.accesses}. */
  readonly accesses: Iterable<string>;
  /** The names of the operations, harmless ones only. */
  readonly operations: readonly string[];
}

/** Records which caller read which account's messages, and when. */
export interface ReadAudit {
  add(read: AuditedRead): void;
  /** Stores what is left. */
  close(): Promise<void>;
}

export interface ReadAuditOptions {
  readonly store: Pick<AuditLog, 'appendAudit'>;
  readonly log: Pick<Logger, 'error'>;
  readonly now: () => number;
  /** @default 10 seconds */
  readonly flushMs?: number;
}

interface Tally extends Omit<NewAuditEntry, 'at' | 'detail'> {
  readonly first: number;
  last: number;
  requests: number;
  readonly operations: Set<string>;
}

/** Far more than the callers of ten seconds; what comes on top while the database is down is lost, and logged. */
const MAX_TALLIES = 10_000;
const MAX_OPERATIONS = 10;

/** For a gateway that records no reads. */
export const NO_READ_AUDIT: ReadAudit = { add: () => {}, close: async () => {} };

/**
 * Counts the reads of each caller and account for some seconds, and then appends one entry for them: the audit grows with
 * the number of callers and not of requests. The entries contain neither phone numbers nor bodies.
 */
export function createReadAudit({ store, log, now, flushMs = 10_000 }: ReadAuditOptions): ReadAudit {
  const tallies = new Map<string, Tally>();
  let lost = 0;
  let storing: Promise<void> = Promise.resolve();
  const timer = setInterval(flush, flushMs).unref();

  function flush(): Promise<void> {
    storing = storing.then(storeAll);
    return storing;
  }

  async function storeAll(): Promise<void> {
    for (const [key, tally] of tallies) {
      tallies.delete(key);
      try {
        await store.appendAudit(entryOf(tally));
      } catch (error) {
        // Kept for the next time.
        const later = tallies.get(key);
        tallies.set(key, later ? merge(tally, later) : tally);
        log.error({ err: error, waiting: tallies.size, lost }, 'reads could not be stored in the audit');
        return;
      }
    }
  }

  return {
    add({ caller, accesses, operations }) {
      const at = now();
      for (const access of accesses) {
        const [kind = '', target = ''] = access.split(' ');
        const key = JSON.stringify([access, caller.name, caller.origin]);
        const tally: Tally = {
          actor: caller.name,
          origin: caller.origin,
          action: `${kind}.read`,
          target,
          first: at,
          last: at,
          requests: 1,
          operations: new Set(operations),
        };
        const before = tallies.get(key);
        if (before) merge(before, tally);
        else if (tallies.size < MAX_TALLIES) tallies.set(key, tally);
        else lost += 1;
      }
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

function merge(into: Tally, later: Tally): Tally {
  into.last = later.last;
  into.requests += later.requests;
  for (const name of later.operations) {
    if (into.operations.size < MAX_OPERATIONS) into.operations.add(name);
  }
  return into;
}

function entryOf({ first, last, requests, operations, ...who }: Tally): NewAuditEntry {
  const until = new Date(last).toISOString();
  return { ...who, at: new Date(first), detail: { requests, operations: [...operations], until } };
}
