import ky from 'ky';
import { SILENT_UPSTREAM, type UpstreamObserver } from '../../telemetry/upstream.ts';
import { TwilioError, TwilioResponseError } from '../../twilio-error.ts';
import type { Transport, UpstreamFetch } from '../types.ts';

/** A 2xx response that is not JSON, such as the HTML page of a proxy. Another attempt may do better. */
export class NotJsonError extends TwilioResponseError {
  constructor(cause: unknown) {
    super('it is not JSON', { cause });
  }
}

export interface KyClientOptions {
  readonly apiUrl: URL;
  readonly fetch: UpstreamFetch;
  /** Told about every attempt. @default nobody */
  readonly observer?: UpstreamObserver | undefined;
}

/**
 * Sends one attempt with ky and reads the response. Retries, timeouts and errors are the layers' above: ky's own would clone
 * each request, and its clock would run while a call waits for a slot.
 */
export function kyClient({ apiUrl, fetch, observer = SILENT_UPSTREAM }: KyClientOptions): Transport {
  const client = ky.create({
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual',
    headers: { accept: 'application/json' },
  });
  const { host } = apiUrl;

  return async ({ endpoint, path, token }, { signal, requestId }) => {
    const end = observer.begin(endpoint, host);
    let response: Response;
    let text: string;
    try {
      response = await client.get(new URL(path, apiUrl), {
        headers: { authorization: `Bearer ${token}`, ...(requestId ? { 'x-request-id': requestId } : {}) },
        fetch: (request) => fetch(request, { signal }),
      });
      text = await response.text();
    } catch (error) {
      end(signal.aborted ? 'aborted' : 'no_answer');
      if (signal.aborted) throw signal.reason;
      throw isTooLarge(error)
        ? new TwilioResponseError('it is too large', { cause: error })
        : TwilioError.unreachable('api', error);
    }
    end(response.status, response);
    if (!response.ok) throw TwilioError.of('api', response.status, response.headers, parseOrNull(text));
    try {
      return { text, json: JSON.parse(text), origin: 'upstream', ttlMs: 0, ageMs: 0 };
    } catch (error) {
      throw new NotJsonError(error);
    }
  };
}

/** The dispatcher's error is wrapped by ky and by the signs of a network error. */
function isTooLarge(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ((one as { code?: unknown }).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return true;
  }
  return false;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
