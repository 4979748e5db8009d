import type { Found } from '../twilio/client.ts';
import { type CallBudget, CallBudgetError, type ReadScope } from '../twilio/types.ts';

/** One kind of read that was served by an expired response, because Twilio could not be asked. */
export interface StaleRead {
  /** What was read, e.g. `messages` for a list and `message` for one. */
  readonly read: string;
  readonly accountSid: string;
  /** Whole seconds since Twilio sent it; of several, the oldest. */
  readonly age: number;
}

/** What one GraphQL request read: how many calls it took, how long its response may be cached, what was stale. */
export class ReadSummary {
  /** Calls to Twilio, retries not included. */
  calls = 0;
  /** Until when all of it may be cached, by `performance.now()`; 0 where some of it may not. */
  expiresAt = Number.POSITIVE_INFINITY;
  readonly #stale = new Map<string, StaleRead>();

  /** Undefined where nothing was. */
  get stale(): readonly StaleRead[] | undefined {
    return this.#stale.size > 0 ? [...this.#stale.values()] : undefined;
  }

  add({ origin, ttlMs, ageMs }: Omit<Found<unknown>, 'value'>, label: string, accountSid: string): void {
    this.expiresAt = ttlMs > 0 ? Math.min(this.expiresAt, performance.now() + ttlMs) : 0;
    if (origin !== 'stale') return;
    const read = label.replace(/_list$/, '');
    const key = `${read} ${accountSid}`;
    const age = Math.max(Math.floor(ageMs / 1000), this.#stale.get(key)?.age ?? 0);
    this.#stale.set(key, { read, accountSid, age });
  }

  /** Something could not be read: the response must not be cached. */
  addFailure(): void {
    this.expiresAt = 0;
  }
}

/** The scope of a GraphQL request: how its reads are made, and what they came to. */
export interface OperationScope extends ReadScope {
  readonly reads: ReadSummary;
}

/** The calls of one operation under one credential. */
export class OperationBudget implements CallBudget {
  #left: number;
  readonly #limit: number;
  readonly #reads: ReadSummary;

  constructor(limit: number, reads: ReadSummary) {
    this.#left = limit;
    this.#limit = limit;
    this.#reads = reads;
  }

  spend(): void {
    if (this.#left <= 0) throw new CallBudgetError(this.#limit);
    this.overdraw();
  }

  overdraw(): void {
    this.#left -= 1;
    this.#reads.calls += 1;
  }
}

/** What `extensions.stale` says: the greatest age, in seconds, and the reads. Undefined where nothing was stale. */
export function staleMark({ stale }: ReadSummary): { age: number; reads: readonly StaleRead[] } | undefined {
  return stale && { age: Math.max(...stale.map(({ age }) => age)), reads: stale };
}
