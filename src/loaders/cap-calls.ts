import { UpstreamCallLimitError } from '../errors/limits.ts';
import type { TwilioClient } from '../twilio/client.ts';
import type { ReadScope } from '../twilio/http.ts';

/** The reads of one operation under one credential, and the scope they run in. */
export interface CappedReads {
  readonly client: TwilioClient;
  readonly scope: ReadScope;
}

/**
 * Ends an operation's reads under one credential at `max` calls to Twilio: what is asked beyond fails with
 * UPSTREAM_CALL_LIMIT, what was read before stands. What is answered without a call stays free.
 *
 * The limit is looked at before a read begins, not in its midst: other requests may be waiting for the same read.
 */
export function capCalls(
  client: TwilioClient,
  scope: ReadScope,
  { max, nickname }: { max: number; nickname: string },
): CappedReads {
  const counted = new CountedScope(scope);
  const capped =
    <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      counted.calls < max ? read(...args) : Promise.reject(new UpstreamCallLimitError(nickname, max));

  return {
    scope: counted,
    client: {
      messages: capped(client.messages),
      message: capped(client.message),
      media: capped(client.media),
      accounts: capped(client.accounts),
      account: capped(client.account),
    },
  };
}

/**
 * The request's scope, which counts the calls of one credential beside those of all. A class, because V8 puts
 * the getters of an object literal straight among the old objects, and what they reach stays with them.
 */
class CountedScope implements ReadScope {
  calls = 0;
  readonly signal: AbortSignal;
  readonly deadline: number | undefined;
  readonly fresh: boolean;
  readonly staleIfErrorMs: number;
  readonly requestId: string | undefined;
  readonly trace: ReadScope['trace'];
  readonly #whole: ReadScope;

  constructor(whole: ReadScope) {
    this.#whole = whole;
    this.signal = whole.signal;
    this.deadline = whole.deadline;
    this.fresh = whole.fresh ?? false;
    this.staleIfErrorMs = whole.staleIfErrorMs ?? 0;
    this.requestId = whole.requestId;
    this.trace = whole.trace;
  }

  get upstreamCalls(): number {
    return this.#whole.upstreamCalls;
  }

  set upstreamCalls(count: number) {
    this.calls += count - this.#whole.upstreamCalls;
    this.#whole.upstreamCalls = count;
  }

  get keepUntil(): number | undefined {
    return this.#whole.keepUntil;
  }

  set keepUntil(until: number | undefined) {
    this.#whole.keepUntil = until;
  }

  get stale(): ReadScope['stale'] {
    return this.#whole.stale;
  }

  set stale(stale: ReadScope['stale']) {
    this.#whole.stale = stale;
  }
}
