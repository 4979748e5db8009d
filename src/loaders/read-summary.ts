import type { Found, TwilioClient } from '../twilio/client.ts';
import type { PageRequest, TwilioPage } from '../twilio/page.ts';
import type { Endpoint, Listable, Readable, SidParams } from '../twilio/resource.ts';
import { CallBudgetError } from '../twilio/transport/call-budget.ts';
import type { CallBudget, ReadScope } from '../twilio/types.ts';

/** One kind of read that was served by an expired response, because Twilio was unavailable. */
export interface StaleRead {
  /** The resource, e.g. `messages` for a list and `message` for a single one. */
  readonly read: string;
  readonly accountSid: string;
  /** Whole seconds since Twilio sent the response; the oldest of several. */
  readonly age: number;
}

type AuditedKind = 'messages' | 'media';

/** The reads of personal data, by their labels. */
const AUDITED: Readonly<Record<string, AuditedKind>> = {
  message: 'messages',
  messages_list: 'messages',
  media_list: 'media',
};

/** Sums up the reads of one GraphQL request: the number of calls, the lifetime of its response, the stale reads. */
export class ReadSummary {
  /** Calls to Twilio, retries not included. */
  calls = 0;
  /** When the first of the reads expires, by `performance.now()`; 0 if one of them may not be cached. */
  expiresAt = Number.POSITIVE_INFINITY;
  /** The messages and media that were read, by account, e.g. `messages AC…`, for the audit of reads. */
  readonly accesses = new Set<string>();
  readonly #stale = new Map<string, StaleRead>();

  /** Undefined if no read was stale. */
  get stale(): readonly StaleRead[] | undefined {
    return this.#stale.size > 0 ? [...this.#stale.values()] : undefined;
  }

  add({ origin, ttlMs, ageMs }: Omit<Found<unknown>, 'value'>, label: string, accountSid: string): void {
    const kind = AUDITED[label];
    if (kind) this.addAccess(kind, accountSid);
    this.expiresAt = ttlMs > 0 ? Math.min(this.expiresAt, performance.now() + ttlMs) : 0;
    if (origin !== 'stale') return;
    const read = label.replace(/_list$/, '');
    const key = `${read} ${accountSid}`;
    const age = Math.max(Math.floor(ageMs / 1000), this.#stale.get(key)?.age ?? 0);
    this.#stale.set(key, { read, accountSid, age });
  }

  /** Records that the response may hold personal data of an account, wherever it was read. */
  addAccess(kind: AuditedKind, accountSid: string): void {
    this.accesses.add(`${kind} ${accountSid}`);
  }

  /** The response holds something that must not be cached for longer, in milliseconds. */
  limitLifetime(ms: number): void {
    this.expiresAt = Math.min(this.expiresAt, performance.now() + ms);
  }

  /** Records a failed read: the response must not be cached. */
  addFailure(): void {
    this.expiresAt = 0;
  }
}

/** The scope of a GraphQL request: the options of its reads, and their summary. */
export interface OperationScope extends ReadScope {
  readonly reads: ReadSummary;
}

/** The call budget of one operation under one credential. */
export class OperationBudget implements CallBudget {
  #left: number;
  readonly #limit: number;
  readonly #reads: ReadSummary;

  constructor(limit: number, reads: ReadSummary) {
    this.#left = limit;
    this.#limit = limit;
    this.#reads = reads;
  }

  spend(continues: boolean): void {
    if (this.#left <= 0 && !continues) throw new CallBudgetError(this.#limit);
    this.#left -= 1;
    this.#reads.calls += 1;
  }
}

/** Returns `extensions.stale`: the greatest age, in seconds, and the stale reads; undefined if there are none. */
export function staleMark({ stale }: ReadSummary): { age: number; reads: readonly StaleRead[] } | undefined {
  return stale && { age: Math.max(...stale.map(({ age }) => age)), reads: stale };
}

/** Reads under one credential for one request, and adds each read to the request's summary. */
export interface Reader {
  read<T>(resource: Readable<T>, params: SidParams): Promise<T>;
  list<T>(resource: Listable<T>, params: SidParams, page: PageRequest): Promise<TwilioPage<T>>;
}

export function createReader(
  client: TwilioClient,
  ownAccountSid: string,
  scope: ReadScope,
  reads: ReadSummary,
): Reader {
  async function noted<T>({ label }: Endpoint, params: SidParams, reading: Promise<Found<T>>): Promise<T> {
    try {
      const found = await reading;
      reads.add(found, label, params.AccountSid ?? params.Sid ?? ownAccountSid);
      return found.value;
    } catch (error) {
      reads.addFailure();
      throw error;
    }
  }

  return {
    read: (resource, params) => noted(resource.read, params, client.read(resource, params, scope)),
    list: (resource, params, page) =>
      noted(resource.list, params, client.list(resource, params, page, scope)),
  };
}
