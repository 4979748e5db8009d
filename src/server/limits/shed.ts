import type { ServerResponse } from 'node:http';
import { OverloadedError } from '../../errors/http.ts';
import type { Logger } from '../../log.ts';
import { refusalOf } from '../http/refuse.ts';
import { SECURITY_HEADERS } from '../http/security-headers.ts';
import type { Overload } from './open-requests.ts';

export interface Shed {
  /** Turns a request away at once. */
  refuse(response: ServerResponse, requestId: string, overload: Overload): void;
  close(): void;
}

const LOG_EVERY_MS = 1_000;

/**
 * Answers what is too much. Thousands a second must cost little, or refusing them is the overload: the answer is
 * made once for many, and they have one line in the log every second together.
 */
export function createShed(log: Logger): Shed {
  let made: (Overload & ReturnType<typeof makeAnswer>) | undefined;
  let refused = 0;
  let timer: NodeJS.Timeout | undefined;

  function note(): void {
    timer = undefined;
    log.warn({ refused, limit: made?.limit }, 'overloaded: requests were refused');
    refused = 0;
  }

  return {
    refuse(response, requestId, { limit, actual }) {
      if (made?.limit !== limit || made.actual !== actual) {
        made = { limit, actual, ...makeAnswer(new OverloadedError(limit, actual)) };
      }
      // One whose end nobody knows is not waited for.
      const ends = 'transfer-encoding' in response.req.headers ? ['connection', 'close'] : [];
      response.writeHead(made.status, [...made.headers, 'x-request-id', requestId, ...ends]);
      response.end(made.body);
      refused += 1;
      timer ??= setTimeout(note, LOG_EVERY_MS).unref();
    },
    close: () => clearTimeout(timer),
  };
}

function makeAnswer(error: OverloadedError) {
  const { status, headers, body } = refusalOf(error);
  const all = {
    ...Object.fromEntries(SECURITY_HEADERS),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  return { status, headers: Object.entries(all).flat(), body };
}
