import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Turns } from './turns.ts';

/** An answer that has come whole. */
export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends one request and gathers its answer: undici's own `request` puts a stream in between, which costs as
 * much as all the rest.
 *
 * @throws the signal's reason when it is aborted, undici's error when the answer does not come whole
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  turns: Turns,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const chunks: Buffer[] = [];
    let running: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};

    const abort = () => {
      running?.abort(signal.reason);
      // One that still waits for a connection is not told; the caller need not wait for that.
      fail(signal.reason);
    };
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });

    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        running = controller;
        if (signal.aborted) controller.abort(signal.reason);
      },
      onResponseStart(_, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(_, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        const text = decode(chunks);
        chunks.length = 0;
        turns.finish(() => resolve({ status, headers, text }));
      },
      onResponseError: (_, error) => fail(error),
    });
  });
}

const BYTE_ORDER_MARK = '\uFEFF';

function decode(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
