import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { TwilioResponseError, TwilioResponseTooLargeError } from '../twilio-error.ts';
import { MAX_ERROR_BYTES } from './response-limits.ts';
import type { Turns } from './turns.ts';

/** An answer that has come whole. */
export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends one request and gathers its answer: undici's own `request` puts a stream in between, which costs as
 * much as all the rest. An error whose body is too large, or compressed, comes without its body: its status
 * says enough.
 *
 * @param maxBytes of the body of a successful response, counted while it is read
 * @throws the signal's reason when it is aborted, undici's error when the answer does not come whole
 * @throws {TwilioResponseError} for a body that is too large, or compressed, which no request asks for
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  turns: Turns,
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
      // One that still waits for a connection is not told; the caller need not wait for that.
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
      turns.finish(() => resolve({ status, headers, text }));
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
