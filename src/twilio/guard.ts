import type { UpstreamFetch } from '../auth/oauth.ts';
import { RequestTimeoutError } from '../errors/upstream.ts';
import { TwilioError, TwilioResponseError } from '../twilio-error.ts';
import type { Circuit, Outcome } from './circuit.ts';
import { SMALL_PAGE } from './client.ts';
import type { TwilioHttp } from './http.ts';

/**
 * Tells a circuit how each attempt went, and keeps those from being repeated that would come to nothing: ky
 * retries what looks like a broken connection, and only that.
 *
 * A good answer is any that Twilio itself could have given, refusals and 429 included. What the client broke
 * off says nothing.
 *
 * @param silenceMs an attempt without an answer for so long, when the request's time was up, was Twilio's fault
 */
export function guardFetch(fetch: UpstreamFetch, circuit: Circuit, silenceMs: number): UpstreamFetch {
  return (input, init) =>
    circuit.attempt(async (): Promise<Outcome<Response>> => {
      const begun = performance.now();
      try {
        const response = await fetch(input, init);
        if (response.status < 429) return { verdict: 'good', settle: () => response };
        return judge(response, input instanceof Request ? input.url : String(input));
      } catch (error) {
        const settle = () => {
          throw isTooLarge(error) ? new TwilioResponseError('it is too large', { cause: error }) : error;
        };
        if (isTooLarge(error)) return { verdict: 'good', settle };
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
        throw ownError(error);
      }
    },
  };
}

function judge(response: Response, url: string): Outcome<Response> {
  const { status } = response;
  const verdict = status < 500 ? 'good' : status === 500 && isLargePage(url) ? 'none' : 'bad';
  if (status !== 429 && status !== 503) return { verdict, settle: () => response };
  return { verdict, waitMs: TwilioError.waitMs(response), settle: () => response };
}

/** Twilio answers some large pages with 500/20500 where smaller ones work; that is the page's fault. */
function isLargePage(url: string): boolean {
  return Number(/[?&]PageSize=(\d+)/.exec(url)?.[1] ?? 0) > SMALL_PAGE;
}

function isTooLarge(error: unknown): boolean {
  return causesOf(error).some((one) => (one as { code?: unknown }).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE');
}

function isDeadline(reason: unknown): boolean {
  return (
    reason instanceof RequestTimeoutError ||
    (reason instanceof DOMException && reason.name === 'TimeoutError')
  );
}

/** What was thrown here comes back wrapped, as something that could not be reached. */
function ownError(error: unknown): unknown {
  const own = causesOf(error).filter(
    (one) => one instanceof TwilioError || one instanceof TwilioResponseError,
  );
  return own.at(-1) ?? error;
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let one = error; one instanceof Error && causes.length < 10; one = one.cause) causes.push(one);
  return causes;
}
