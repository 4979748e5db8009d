import ky from 'ky';
import { SILENT_UPSTREAM, type UpstreamObserver } from '../../telemetry/upstream.ts';
import { ownError, TwilioError, TwilioResponseNotJsonError } from '../errors.ts';
import { MAX_ERROR_BYTES, parseWithin, responseLimits } from '../response-limits.ts';
import type { Transport, UpstreamFetch } from '../types.ts';

/** A page in place of JSON in a 2xx response, such as a proxy's. A retry may succeed. */
export class PageInsteadOfJsonError extends TwilioResponseNotJsonError {}

export interface KyClientOptions {
  readonly apiUrl: URL;
  readonly fetch: UpstreamFetch;
  /** Observes every attempt. @default none */
  readonly observer?: UpstreamObserver | undefined;
}

/**
 * Sends one attempt with ky and reads the response. The layers above retry and time out: ky's own retries would clone
 * each request, and its timeout would include the wait for a slot. Headers and signal bypass ky, which would copy the
 * headers four times and listen to the signal twice.
 */
export function kyClient({ apiUrl, fetch, observer = SILENT_UPSTREAM }: KyClientOptions): Transport {
  const client = ky.create({ retry: 0, timeout: false, throwHttpErrors: false });
  const { host, origin } = apiUrl;

  return async ({ endpoint, path, token }, { signal, requestId, flow }) => {
    const end = observer.begin(endpoint, host);
    const url = origin + path;
    const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${token}` };
    if (requestId) headers['x-request-id'] = requestId;
    let response: Response;
    let text: string;
    try {
      response = await client(url, {
        fetch: () => fetch(url, { headers, signal, redirect: 'manual', flow }),
      });
      text = await response.text();
    } catch (error) {
      end(signal.aborted ? 'aborted' : 'no_answer');
      if (signal.aborted) throw signal.reason;
      throw ownError(error) ?? TwilioError.unreachable('api', error);
    }
    end(response.status, response);
    if (!response.ok) throw TwilioError.of('api', response.status, response.headers, parseError(text));
    return { text, json: parse(path, text), origin: 'upstream', ttlMs: 0, ageMs: 0 };
  };
}

function parse(path: string, text: string): unknown {
  try {
    return parseWithin(responseLimits(path), text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Broken JSON comes from Twilio itself, and a retry would not help.
    throw /^\s*[[{]/.test(text) ? new TwilioResponseNotJsonError() : new PageInsteadOfJsonError();
  }
}

/** Null for a body that is too large to be an error of Twilio's, or is not JSON. */
function parseError(text: string): unknown {
  try {
    return text.length > MAX_ERROR_BYTES ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
