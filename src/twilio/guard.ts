import type { UpstreamFetch } from '../auth/oauth.ts';
import { RequestTimeoutError } from '../errors/upstream.ts';
import { ownError, TwilioError, TwilioResponseError } from '../twilio-error.ts';
import type { Circuit, Outcome } from './circuit.ts';
import { SMALL_PAGE } from './client.ts';
import type { TwilioHttp } from './http.ts';

/**
 * Tells a circuit how each attempt went, and keeps those from being repeated that would come to nothing: ky
 * retries what looks like a broken connection, and only that.
 *
 * A good answer is any that Twilio itself could have given, refusals and 429 included. What the client broke
 * off says nothing. A 500 may be the fault of what was read: the same resource failing again says no more about
 * others than the first time.
 *
 * @param silenceMs an attempt without an answer for so long, when the request's time was up, was Twilio's fault
 */
export function guardFetch(fetch: UpstreamFetch, circuit: Circuit, silenceMs: number): UpstreamFetch {
  /** The paths that got a 500 since the last good answer. */
  const failed = new Set<string>();

  function judge(response: Response, url: string): Outcome<Response> {
    const { status } = response;
    if (status === 429 || status === 503) {
      const waitMs = TwilioError.waitMs(response);
      return { verdict: status === 429 ? 'good' : 'bad', waitMs, settle: () => response };
    }
    if (status < 500) return { verdict: 'good', settle: () => response };
    if (status > 500) return { verdict: 'bad', settle: () => response };
    const path = new URL(url).pathname;
    const saysNothing = failed.has(path) || isLargePage(url);
    if (!saysNothing && failed.size < MAX_FAILED) failed.add(path);
    return { verdict: saysNothing ? 'none' : 'bad', settle: () => response };
  }

  return (input, init) =>
    circuit.attempt(async (): Promise<Outcome<Response>> => {
      const begun = performance.now();
      try {
        const response = await fetch(input, init);
        const outcome = judge(response, input instanceof Request ? input.url : String(input));
        if (outcome.verdict === 'good') failed.clear();
        return outcome;
      } catch (error) {
        const settle = () => {
          throw error;
        };
        // It answers, though not as it should.
        if (error instanceof TwilioResponseError) return { verdict: 'good', settle };
        const { aborted = false, reason } = init?.signal ?? {};
        if (!aborted || reason instanceof TypeError) return { verdict: 'bad', settle };
        const silent = isDeadline(reason) && performance.now() - begun >= silenceMs;
        return { verdict: silent ? 'bad' : 'none', settle };
      }
    }, init?.signal ?? undefined);
}

/** Asks the circuit before there is a token or a turn to wait for. */
export function guardHttp(http: TwilioHttp, circuit: Circuit): TwilioHttp {
  return {
    async get(path, scope, options) {
      scope.signal.throwIfAborted();
      circuit.check();
      try {
        return await http.get(path, scope, options);
      } catch (error) {
        throw ownError(error) ?? error;
      }
    },
  };
}

/** More than any circuit needs to open. */
const MAX_FAILED = 1_000;

/** Twilio answers some large pages with 500/20500 where smaller ones work; that is the page's fault. */
function isLargePage(url: string): boolean {
  return Number(/[?&]PageSize=(\d+)/.exec(url)?.[1] ?? 0) > SMALL_PAGE;
}

function isDeadline(reason: unknown): boolean {
  return (
    reason instanceof RequestTimeoutError ||
    (reason instanceof DOMException && reason.name === 'TimeoutError')
  );
}
