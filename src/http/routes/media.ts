import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Principal } from '../../auth/caller.ts';
import { entryOf } from '../../errors/catalogue.ts';
import { GatewayError, gatewayError } from '../../errors/gateway-error.ts';
import { explainRejection } from '../../loaders/explain-rejection.ts';
import type { Logger } from '../../log.ts';
import { SHOW_ALL } from '../../policy/field-policy.ts';
import { type MediaLink, readMediaPath } from '../../policy/media-link.ts';
import type { SealedText } from '../../policy/sealed-text.ts';
import type { Credential } from '../../store/records.ts';
import type { GatewayStore } from '../../store/store.ts';
import type { MediaFiles } from '../../twilio/media-file.ts';
import { media } from '../../twilio/resources/media.ts';
import type { Exchange } from '../exchange.ts';
import { SECURITY_HEADERS } from '../respond.ts';

export interface MediaRouteOptions {
  readonly sealedLinks: SealedText;
  readonly store: Pick<GatewayStore, 'list' | 'listApiKeys'>;
  readonly files: MediaFiles;
  /** Returns an access token of the credential. */
  readonly tokenOf: (credential: Credential) => Promise<string>;
  readonly maxBytes: number;
  readonly log: Logger;
  readonly now: () => number;
}

/** Types that a browser shows without running anything. All others are downloaded. */
const SHOWN = /^(?:image\/(?:jpeg|png|gif|webp)|audio\/[\w.+-]+|video\/(?:mp4|3gpp|quicktime|webm))$/;
/** Types that Twilio accepts beside those; anything else is served as bytes without a type. */
const DOWNLOADED = /^(?:application\/pdf|text\/(?:plain|vcard|x-vcard|calendar)|image\/(?:bmp|tiff|heic))$/;

const PASSED_ON = ['accept-ranges', 'content-range', 'last-modified', 'etag'] as const;

/** Streams the file of a media link, with the credential's token and without the caller's key. */
export function createMediaRoute(options: MediaRouteOptions) {
  const { sealedLinks, store, files, tokenOf, maxBytes, log, now } = options;

  /** @returns null for any other path */
  function readLink({ path }: Pick<Exchange, 'path'>): MediaLink | null {
    return readMediaPath(path, sealedLinks);
  }

  /** The link's credential, if the principal may still use it. */
  async function credentialOf({ credentialId, principalId }: MediaLink): Promise<Credential | undefined> {
    const credential = (await store.list()).find(({ id }) => id === credentialId);
    const keyId = /^key:(.*)$/.exec(principalId)?.[1];
    if (!credential || keyId === undefined) return credential;
    const key = (await store.listApiKeys()).find(({ id }) => id === keyId);
    const isValid = key && (!key.dateExpires || key.dateExpires.getTime() > now());
    const showsMedia = key?.fieldPolicy.media === 'SHOWN';
    return isValid && showsMedia && (key.role === 'ADMIN' || key.credentialIds.includes(credentialId))
      ? credential
      : undefined;
  }

  /** The caller the link was shown to, with no other right than this file: it pays for the download. */
  function principalOf({ principalId, principalName }: MediaLink, origin: string | null): Principal {
    const id = principalId;
    return { id, name: principalName, role: 'READER', origin, fieldPolicy: SHOW_ALL, mayUse: () => false };
  }

  async function serve(exchange: Exchange): Promise<Response> {
    const link = exchange.media;
    if (!link) throw gatewayError('MEDIA_LINK_INVALID');
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw gatewayError('BAD_REQUEST', 'method');
    if (link.expires <= now()) throw gatewayError('MEDIA_LINK_EXPIRED');
    const credential = await credentialOf(link);
    if (!credential) throw gatewayError('MEDIA_LINK_INVALID');
    await exchange.start();
    exchange.accesses = new Set([`media ${link.accountSid}`]);
    const gone = new AbortController();
    const stopWatching = exchange.onAbort(() => gone.abort());
    try {
      const token = await tokenOf(credential);
      const range = exchange.header('range');
      const { status, headers, body } = await files.open({ ...link, token, range, signal: gone.signal });
      const length = Number(headers['content-length'] ?? Number.NaN);
      if (length > maxBytes) {
        body.destroy();
        throw gatewayError('MEDIA_TOO_LARGE', maxBytes);
      }
      const all = { ...SECURITY_HEADERS, ...exchange.headers, ...headersOf(headers, link, now()) };
      exchange.status = status;
      if (!exchange.outgoing) {
        return new Response(Readable.toWeb(body) as ReadableStream, { status, headers: all });
      }
      exchange.outgoing.writeHead(status, all);
      if (exchange.method === 'HEAD') {
        body.destroy();
        exchange.outgoing.end();
        return RESPONSE_ALREADY_SENT;
      }
      // The response has begun: a failure from here on can only end the connection.
      await pipeline(body, limited(maxBytes), exchange.outgoing).catch((err: unknown) => {
        if (!gone.signal.aborted) log.warn({ err }, 'a media file could not be streamed to its end');
      });
      return RESPONSE_ALREADY_SENT;
    } catch (error) {
      const { accountSid } = link;
      const permission = media.list.permission;
      throw withPageStatus(explainRejection(error, { credential, accountSid, permission, role: 'READER' }));
    } finally {
      stopWatching();
    }
  }

  return { readLink, principalOf, serve };
}

export type MediaRoute = ReturnType<typeof createMediaRoute>;

/** The response has no data beside the error, so that its status is that of a page. */
function withPageStatus(error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  const { code, message, extensions, headers } = error;
  return new GatewayError(code, {
    message,
    extensions,
    headers,
    status: entryOf(code).pageStatus ?? entryOf(code).status,
  });
}

/** Passes on at most this many bytes, whatever length was announced. */
function limited(maxBytes: number) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error('the file is larger than MAX_MEDIA_MB');
      yield chunk;
    }
  };
}

function headersOf(received: Record<string, unknown>, link: MediaLink, now: number): Record<string, string> {
  const type =
    String(received['content-type'] ?? '')
      .split(';')[0]
      ?.trim()
      .toLowerCase() ?? '';
  const isShown = SHOWN.test(type);
  const headers: Record<string, string> = {
    'content-type': isShown || DOWNLOADED.test(type) ? type : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename="${link.mediaSid}"`,
    'content-security-policy': "default-src 'none'; sandbox",
    // A dashboard of another origin may show the picture: the link is all that is needed to see it.
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': `private, max-age=${Math.max(0, Math.floor((link.expires - now) / 1000))}`,
  };
  for (const name of ['content-length', ...PASSED_ON]) {
    if (typeof received[name] === 'string') headers[name] = received[name];
  }
  return headers;
}
