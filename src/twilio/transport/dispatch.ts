import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { TwilioResponseError, TwilioResponseTooLargeError } from '../errors.ts';
import { MAX_ERROR_BYTES, responseLimits } from '../response-limits.ts';
import type { Schedule, UpstreamFetch, UpstreamInit } from '../types.ts';

export interface DispatchOptions {
  /** For headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** Continues the caller of a response. @default immediately */
  readonly schedule?: Schedule | undefined;
}

/** A pool of connections to Twilio, used through `fetch`. */
export interface Dispatch {
  readonly fetch: UpstreamFetch;
  /** Waits up to two seconds for running requests, then closes every connection. */
  close(): Promise<void>;
}

/** The longest wait for requests that nobody can abort, such as a token request. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Sends requests over a pool of connections. A Response is returned when its body is complete, so that a connection
 * that breaks inside the body is one failed attempt. Redirects are not followed: no response can change the called host.
 */
export function createDispatch({ timeoutMs, schedule = (work) => work() }: DispatchOptions): Dispatch {
  const agent = new Agent({
    keepAliveTimeout: 30_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  return {
    async fetch(input, init = {}) {
      const { url, signal, ...options } = asPlainRequest(input, init) ?? (await readRequest(input, init));
      try {
        signal?.throwIfAborted();
        const { origin, pathname, search } = new URL(url);
        // A compressed body of a few KiB could expand to any number of MiB.
        const headers = { ...options.headers, 'accept-encoding': 'identity' };
        const path = pathname + search;
        const inTurn: Schedule = (work) => schedule(work, init.flow);
        const { status, text, fields } = await new Promise<Exchanged>((resolve, reject) => {
          const exchange = new Exchange({ resolve, reject }, responseLimits(url).bytes, signal, inTurn);
          agent.dispatch({ ...options, origin, path, headers }, exchange);
        });
        if (status === 200) return new CompleteResponse(text, fields) as unknown as Response;
        return new Response(text || null, { status, headers: toHeaders(fields) });
      } catch (error) {
        if (signal?.aborted || error instanceof TwilioResponseError) throw error;
        // As the standard requires for a network error.
        throw new TypeError('fetch failed', { cause: error });
      }
    },
    // The remaining requests end by their own timeout; destroying a closing agent would not end them.
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

/** Converts a GET with a record of headers, which nearly all are, without a Request; undefined for any other. */
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

/**
 * A successful Response whose body is complete: no stream, and headers made only when they are read. ky recognizes a
 * Response by its tag.
 *
 * Its body can be read once and is dropped with that: ky assigns functions to the promise of each response, and V8
 * allocates such functions in the old space, so everything they reach stays until the next full collection.
 */
class CompleteResponse {
  readonly ok = true;
  readonly type = 'basic';
  readonly redirected = false;
  /** Nothing to cancel and nothing to stream. */
  readonly body = null;
  readonly status = 200;
  #text: string | null;
  readonly #fields: IncomingHttpHeaders;

  constructor(text: string, fields: IncomingHttpHeaders) {
    this.#text = text;
    this.#fields = fields;
  }

  get headers(): Headers {
    return toHeaders(this.#fields);
  }

  get bodyUsed(): boolean {
    return this.#text === null;
  }

  async text(): Promise<string> {
    const text = this.#text;
    if (text === null) throw new TypeError('Body is unusable: Body has already been read');
    this.#text = null;
    return text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  get [Symbol.toStringTag](): 'Response' {
    return 'Response';
  }
}

function toHeaders(fields: IncomingHttpHeaders): Headers {
  return new Headers(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

/** A complete response. */
interface Exchanged {
  readonly status: number;
  readonly fields: IncomingHttpHeaders;
  readonly text: string;
}

type Waiting = Pick<PromiseWithResolvers<Exchanged>, 'resolve' | 'reject'>;

/**
 * Collects the response of one request. undici's own `request` puts a stream in between, which costs as much as all the
 * rest. An error response whose body is too large or compressed is given without its body: its status suffices.
 */
class Exchange implements Dispatcher.DispatchHandler {
  /** Undefined once it has ended, because undici keeps a reference to the last handler of each connection. */
  #waiting: Waiting | undefined;
  #signal: AbortSignal | null | undefined;
  readonly #schedule: Schedule;
  #chunks: Buffer[] = [];
  #running: Dispatcher.DispatchController | undefined;
  #status = 0;
  #fields: IncomingHttpHeaders = {};
  #received = 0;
  /** In bytes. */
  #limit: number;

  /**
   * @param waiting is rejected with the signal's reason when it aborts, with undici's error when the response is
   * incomplete, and with a TwilioResponseError when the body is too large or compressed
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
    // undici does not report the abort of a request that still waits for a connection.
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
    this.#fields = headers;
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

  /** Drops all references. Returns undefined if it had already ended. */
  #end(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#signal?.removeEventListener('abort', this);
    this.#waiting = this.#signal = this.#running = undefined;
    this.#fields = {};
    this.#chunks = [];
    return waiting;
  }

  #fail(error: unknown): void {
    this.#end()?.reject(error);
  }

  #finish(chunks: readonly Buffer[]): void {
    const [status, fields, waiting] = [this.#status, this.#fields, this.#end()];
    // Decodes late: a string takes twice the memory of its bytes, and many responses may wait.
    if (waiting) this.#schedule(() => waiting.resolve({ status, fields, text: decode(chunks) }));
  }

  /** Stops reading. */
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
