import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { TwilioResponseError, TwilioResponseTooLargeError } from '../../twilio-error.ts';
import { MAX_ERROR_BYTES, responseLimits } from '../response-limits.ts';
import type { UpstreamFetch } from '../types.ts';
import { CompleteResponse, toHeaders } from './complete-response.ts';

/** Runs what a response leads to, now or soon; see the event loop's scheduler. */
export type ScheduleResponse = (work: () => void) => void;

export interface DispatchOptions {
  /** For headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** @default at once */
  readonly schedule?: ScheduleResponse | undefined;
}

/** Connections to Twilio, kept open and offered as a `fetch`. */
export interface Dispatch {
  readonly fetch: UpstreamFetch;
  /** Waits for running requests, but not for long, then closes every connection. */
  close(): Promise<void>;
}

/** For what nobody could abort, such as a request for a token that any read may wait for. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Sends requests over a pool of connections. The body is read whole before the Response is given out, so that a
 * connection that breaks in mid-body is one failed attempt. Redirects are not followed: nothing a response says
 * changes which host is called.
 */
export function createDispatch({ timeoutMs, schedule = (work) => work() }: DispatchOptions): Dispatch {
  const agent = new Agent({
    keepAliveTimeout: 30_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  return {
    async fetch(input, init = {}) {
      const request = input instanceof Request ? input : new Request(input, init);
      const signal = init.signal ?? request.signal;
      try {
        const url = new URL(request.url);
        const options = {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method as 'GET',
          // Compressed, a body of a few KiB could hold any number of MiB.
          headers: { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' },
          body: request.body ? await request.text() : null,
        };
        const { status, text, headers } = await exchange(
          agent,
          options,
          signal,
          schedule,
          responseLimits(request.url).bytes,
        );
        if (status === 200) return new CompleteResponse(status, text, headers) as unknown as Response;
        return new Response(text || null, { status, headers: toHeaders(headers) });
      } catch (error) {
        if (signal.aborted || request.signal.aborted || error instanceof TwilioResponseError) throw error;
        // The standard's sign of a network error.
        throw new TypeError('fetch failed', { cause: error });
      }
    },
    // What is left then ends by its own timeout; destroying a closing agent would end nothing.
    close: () => Promise.race([agent.close(), setTimeout(CLOSE_WITHIN_MS, undefined, { ref: false })]),
  };
}

/** A response that has arrived whole. */
interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends one request and gathers its response: undici's own `request` puts a stream in between, which costs as much as
 * all the rest. An error whose body is too large, or compressed, comes without its body: its status says enough.
 *
 * @param maxBytes of the body of a successful response, counted while it is read
 * @throws the signal's reason when it is aborted, undici's error when the response does not arrive whole
 * @throws {TwilioResponseError} for a body that is too large, or compressed, which no request asks for
 */
function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  schedule: ScheduleResponse,
  maxBytes: number,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const chunks: Buffer[] = [];
    let running: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let received = 0;
    let limit = maxBytes;
    let ended = false;

    const abort = () => {
      running?.abort(signal.reason);
      // A request that still waits for a connection is not told; the caller need not wait for that.
      fail(signal.reason);
    };
    const fail = (error: unknown) => {
      if (ended) return;
      ended = true;
      signal.removeEventListener('abort', abort);
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });

    const finish = (text: string) => {
      ended = true;
      signal.removeEventListener('abort', abort);
      chunks.length = 0;
      schedule(() => resolve({ status, headers, text }));
    };
    /** Reads no further. */
    const stop = (controller: Dispatcher.DispatchController, reason: TwilioResponseError) => {
      if (status >= 200 && status < 300) fail(reason);
      else finish('');
      controller.abort(reason);
    };

    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        running = controller;
        if (signal.aborted) controller.abort(signal.reason);
      },
      onResponseStart(controller, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
        if (status < 200 || status >= 300) limit = MAX_ERROR_BYTES;
        const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers;
        if (encoding !== 'identity') stop(controller, new TwilioResponseError('it is compressed'));
        else if (Number(length) > limit) stop(controller, new TwilioResponseTooLargeError(limit));
      },
      onResponseData(controller, chunk) {
        received += chunk.length;
        if (received > limit) stop(controller, new TwilioResponseTooLargeError(limit));
        else chunks.push(chunk);
      },
      onResponseEnd: () => finish(decode(chunks)),
      onResponseError: (_, error) => fail(error),
    });
  });
}

const BYTE_ORDER_MARK = '\uFEFF';

function decode(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
