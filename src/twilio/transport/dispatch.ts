import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { TwilioResponseError, TwilioResponseTooLargeError } from '../errors.ts';
import { MAX_ERROR_BYTES, responseLimits } from '../response-limits.ts';
import type { Schedule, UpstreamFetch, UpstreamInit } from '../types.ts';
import { CompleteResponse, toHeaders } from './complete-response.ts';

export interface DispatchOptions {
  /** For headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** @default at once */
  readonly schedule?: Schedule | undefined;
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
      const request = asPlainRequest(input, init) ?? (await readRequest(input, init));
      const { url, signal, ...options } = request;
      try {
        signal?.throwIfAborted();
        const { origin, pathname, search } = new URL(url);
        // Compressed, a body of a few KiB could hold any number of MiB.
        const headers = { ...options.headers, 'accept-encoding': 'identity' };
        const path = pathname + search;
        const {
          status,
          text,
          headers: fields,
        } = await new Promise<Exchanged>((resolve, reject) => {
          const exchange = new Exchange({ resolve, reject }, responseLimits(url).bytes, signal, (work) =>
            schedule(work, init.flow),
          );
          agent.dispatch({ ...options, origin, path, headers }, exchange);
        });
        if (status === 200) return new CompleteResponse(status, text, fields) as unknown as Response;
        return new Response(text || null, { status, headers: toHeaders(fields) });
      } catch (error) {
        if (signal?.aborted || error instanceof TwilioResponseError) throw error;
        // The standard's sign of a network error.
        throw new TypeError('fetch failed', { cause: error });
      }
    },
    // What is left then ends by its own timeout; destroying a closing agent would end nothing.
    close: () => Promise.race([agent.close(), setTimeout(CLOSE_WITHIN_MS, undefined, { ref: false })]),
  };
}

/** A request as undici sends it. */
interface PlainRequest {
  readonly url: string;
  readonly method: 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | null | undefined;
}

/** A GET by its URL with a record of headers, as nearly all are; undefined for any other, which takes a Request to read. */
function asPlainRequest(
  input: string | URL | Request,
  { method, headers = {}, body, signal }: UpstreamInit,
): PlainRequest | undefined {
  if (typeof input !== 'string' || method !== undefined || body != null) return undefined;
  if (headers instanceof Headers || Array.isArray(headers)) return undefined;
  return { url: input, method: 'GET', headers: headers as Record<string, string>, body: null, signal };
}

async function readRequest(input: string | URL | Request, init: RequestInit): Promise<PlainRequest> {
  const request = input instanceof Request ? input : new Request(input, init);
  return {
    url: request.url,
    method: request.method as 'GET',
    headers: Object.fromEntries(request.headers),
    body: request.body ? await request.text() : null,
    signal: init.signal ?? request.signal,
  };
}

/** A response that has arrived whole. */
interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The caller's promise. */
interface Waiting {
  resolve(exchanged: Exchanged): void;
  reject(error: unknown): void;
}

/**
 * Gathers the response of one request: undici's own `request` puts a stream in between, which costs as much as
 * all the rest. An error whose body is too large, or compressed, comes without its body: its status says enough.
 */
class Exchange implements Dispatcher.DispatchHandler {
  /** Undefined once it has ended: undici holds on to the last handler of each connection, and to all it leads to. */
  #waiting: Waiting | undefined;
  #signal: AbortSignal | null | undefined;
  readonly #schedule: Schedule;
  #chunks: Buffer[] = [];
  #running: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #received = 0;
  /** In bytes. */
  #limit: number;

  /**
   * @param waiting is rejected with the signal's reason when it is aborted, with undici's error when the response does
   * not arrive whole, and with a TwilioResponseError for a body that is too large, or compressed, which no request asks for
   * @param maxBytes of the body of a successful response, counted while it is read
   */
  constructor(
    waiting: Waiting,
    maxBytes: number,
    signal: AbortSignal | null | undefined,
    schedule: Schedule,
  ) {
    this.#waiting = waiting;
    this.#limit = maxBytes;
    this.#signal = signal;
    this.#schedule = schedule;
    signal?.addEventListener('abort', this, { once: true });
  }

  /** The signal is aborted. */
  handleEvent(): void {
    const reason = this.#signal?.reason;
    this.#running?.abort(reason);
    // A request that still waits for a connection is not told; the caller need not wait for that.
    this.#fail(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#running = controller;
    if (this.#signal?.aborted) controller.abort(this.#signal.reason);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.#headers = headers;
    if (!this.#isSuccess()) this.#limit = MAX_ERROR_BYTES;
    const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers;
    if (encoding !== 'identity') this.#stop(controller, new TwilioResponseError('it is compressed'));
    else if (Number(length) > this.#limit)
      this.#stop(controller, new TwilioResponseTooLargeError(this.#limit));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#received > this.#limit) this.#stop(controller, new TwilioResponseTooLargeError(this.#limit));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#finish(this.#chunks);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  /** Lets go of everything. @returns undefined when it had ended before */
  #end(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#signal?.removeEventListener('abort', this);
    this.#waiting = this.#signal = this.#running = undefined;
    this.#headers = {};
    this.#chunks = [];
    return waiting;
  }

  #fail(error: unknown): void {
    this.#end()?.reject(error);
  }

  #finish(chunks: readonly Buffer[]): void {
    const [status, headers, waiting] = [this.#status, this.#headers, this.#end()];
    // Decoded only then: a text takes twice the memory of its bytes, and many responses may wait.
    if (waiting) this.#schedule(() => waiting.resolve({ status, headers, text: decode(chunks) }));
  }

  /** Reads no further. */
  #stop(controller: Dispatcher.DispatchController, reason: TwilioResponseError): void {
    if (this.#isSuccess()) this.#fail(reason);
    else this.#finish([]);
    controller.abort(reason);
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

function decode(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
