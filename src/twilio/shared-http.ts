import { endpointOf } from '../telemetry/endpoint.ts';
import type { ReadSource, Telemetry } from '../telemetry/telemetry.ts';
import { createCoalesce, type Waiter } from './coalesce.ts';
import type { ReadScope, TwilioHttp } from './http.ts';
import type { ReadCache } from './read-cache.ts';

export interface SharedReads {
  /** Tells this credential and secret from all others in the cache. */
  readonly owner: string;
  readonly cache: ReadCache | undefined;
  /** Told what each read was answered from. */
  readonly telemetry?: Pick<Telemetry, 'readFrom'> | undefined;
}

/** A longer answer is a page of a scan or an export, which hardly anybody reads twice within its lifetime. */
const LONGEST_KEPT = 256 * 1024;

/**
 * Shares reads among the requests of one credential: the same read under way is made once, and an answer that
 * its `lifetime` lets live is given again as long as that. It is kept as the text it came as: the objects made
 * of it would live just long enough to cost the garbage collector more than reading the text again costs the
 * few who ask for it again.
 */
export function createSharedHttp(http: TwilioHttp, { owner, cache, telemetry }: SharedReads): TwilioHttp {
  const coalesce = createCoalesce();
  const keyOf = (path: string) => `${owner} ${path}`;
  const isKept = (path: string) => cache?.has(keyOf(path)) ?? false;
  const keep = (key: string, text: string, ttl: number) => {
    if (text.length <= LONGEST_KEPT) cache?.offer(key, text, ttl);
  };
  const note = (path: string, source: ReadSource) => {
    const endpoint = endpointOf(path);
    if (endpoint) telemetry?.readFrom(endpoint, source);
  };

  return {
    async get(path, scope, options = {}) {
      const key = keyOf(path);
      const known = scope.fresh ? undefined : cache?.get(key);
      if (known !== undefined) {
        note(path, 'cache');
        limitKeeping(scope, cache?.remaining(key) ?? 0);
        return { text: known, json: JSON.parse(known) };
      }
      try {
        let source: ReadSource = 'shared';
        const reading = coalesce(key, scope, async (flight) => {
          source = 'upstream';
          const answer = await http.get(path, new SharedScope(scope, flight), options);
          const ttl = (cache && options.lifetime?.(answer.json, isKept)) ?? 0;
          if (ttl > 0)
            keep(key, options.redact ? JSON.stringify(options.redact(answer.json)) : answer.text, ttl);
          return { answer, ttl };
        });
        note(path, source);
        const { answer, ttl } = await reading;
        limitKeeping(scope, ttl);
        return answer;
      } catch (error) {
        limitKeeping(scope, 0);
        throw error;
      }
    },
  };
}

/** What is made of this read, too, may be answered again for no longer. */
function limitKeeping(scope: ReadScope, ms: number): void {
  if (scope.keepUntil === undefined) return;
  scope.keepUntil = ms > 0 ? Math.min(scope.keepUntil, performance.now() + ms) : 0;
}

/**
 * The call lasts as long as anyone waits for it, and is counted for the request that began it. A class, because
 * V8 puts the getters of an object literal straight among the old objects, and what they reach stays with them.
 */
class SharedScope implements ReadScope {
  readonly signal: AbortSignal;
  readonly requestId: string | undefined;
  readonly #first: ReadScope;
  readonly #flight: Waiter;

  constructor(first: ReadScope, flight: Waiter) {
    this.signal = flight.signal;
    this.#flight = flight;
    this.requestId = first.requestId;
    this.#first = first;
  }

  get deadline(): number | undefined {
    return this.#flight.deadline;
  }

  get upstreamCalls(): number {
    return this.#first.upstreamCalls;
  }

  set upstreamCalls(count: number) {
    this.#first.upstreamCalls = count;
  }
}
