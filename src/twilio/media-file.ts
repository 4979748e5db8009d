import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { TwilioError, TwilioResponseError } from './errors.ts';

export interface MediaFileRequest {
  readonly accountSid: string;
  readonly messageSid: string;
  readonly mediaSid: string;
  readonly token: string;
  /** The client's header, e.g. `bytes=0-1023`. */
  readonly range: string | null;
  readonly signal: AbortSignal;
}

/** The beginning of a file: 200, 206 for a part of it, or 416. */
export interface MediaFile {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** Where Twilio stores files. A redirect to any other host is not followed: a response must not choose whom we call. */
const FILE_HOSTS = /\.(?:twilio|twiliocdn|amazonaws)\.com$/;

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Streams files from Twilio, over connections of their own. */
export function createMediaFiles({
  apiUrl,
  timeoutMs,
}: {
  readonly apiUrl: URL;
  readonly timeoutMs: number;
}) {
  const agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: timeoutMs });

  /** Files of a sandbox are on the same machine, under any of its names. */
  const isFileHost = ({ protocol, hostname }: URL) =>
    protocol === 'https:' ? FILE_HOSTS.test(hostname) : apiUrl.protocol === 'http:' && isLocal(hostname);

  return {
    /**
     * Requests a file. The access token goes to Twilio's API only, not to the host it redirects to.
     *
     * @throws {TwilioError} {TwilioResponseError}
     */
    async open({
      accountSid,
      messageSid,
      mediaSid,
      token,
      range,
      signal,
    }: MediaFileRequest): Promise<MediaFile> {
      let url = new URL(
        `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${mediaSid}`,
        apiUrl,
      );
      const plain = { 'accept-encoding': 'identity', ...(range ? { range } : {}) };
      for (let redirects = 0; ; redirects += 1) {
        const headers = redirects === 0 ? { ...plain, authorization: `Bearer ${token}` } : plain;
        const {
          statusCode,
          headers: received,
          body,
        } = await request(url, {
          headers,
          signal,
          dispatcher: agent,
        }).catch((error: unknown) => {
          if (signal.aborted) throw error;
          throw TwilioError.unreachable('api', error);
        });
        // A body that is destroyed reports an error, which nobody waits for.
        body.on('error', () => {});
        if (!REDIRECTS.has(statusCode)) {
          if (statusCode === 200 || statusCode === 206 || statusCode === 416) {
            return { status: statusCode, headers: received, body };
          }
          throw errorOf(statusCode, await body.text().catch(() => ''));
        }
        await body.dump();
        const target = URL.parse(String(received.location ?? ''), url);
        if (!target || !isFileHost(target) || redirects === MAX_REDIRECTS) {
          throw new TwilioResponseError('a redirect of a media file leads to another host');
        }
        url = target;
      }
    },
    close: () => agent.destroy(),
  };
}

export type MediaFiles = ReturnType<typeof createMediaFiles>;

/** The path has no format, so that Twilio describes an error in XML. */
function errorOf(status: number, xml: string): TwilioError {
  const code = Number(/<Code>(\d{1,9})<\/Code>/.exec(xml)?.[1] ?? Number.NaN);
  const message = /<Message>([^<]{0,500})<\/Message>/.exec(xml)?.[1] ?? 'the file could not be read';
  const details = { code: Number.isNaN(code) ? null : code, status, moreInfo: null, requestId: null };
  return new TwilioError(message, { source: 'api', ...details });
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
