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
  let calls = 0;
  const counted: ReadScope = {
    signal: scope.signal,
    get upstreamCalls() {
      return scope.upstreamCalls;
    },
    set upstreamCalls(count) {
      calls += count - scope.upstreamCalls;
      scope.upstreamCalls = count;
    },
    ...(scope.fresh === undefined ? {} : { fresh: scope.fresh }),
  };
  const capped =
    <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      calls < max ? read(...args) : Promise.reject(new UpstreamCallLimitError(nickname, max));

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
