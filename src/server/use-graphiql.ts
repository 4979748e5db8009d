import type { ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { OverloadedError } from '../errors/http.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { ASSETS, GRAPHIQL_POLICY, type Graphiql, type GraphiqlFile, loadGraphiql } from './graphiql.ts';
import { type Encoding, encode, preferredEncoding } from './http/compress.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

export interface GraphiqlSettings {
  /** From which size on a file is compressed; 0 compresses none. */
  readonly compressFromBytes: number;
  /** How long a client may take nothing of a file, in milliseconds. */
  readonly clientTimeoutMs: number;
}

/** How many may download files at once. A browser takes a few, and then has them. */
const MAX_DOWNLOADS = 32;

/** Loaded once for all gateways of a process; again where that failed. */
let loading: Promise<Graphiql> | undefined;
/** What was compressed before, for all gateways of a process. */
const compressed = new WeakMap<GraphiqlFile, Partial<Record<Encoding, Promise<Uint8Array<ArrayBuffer>>>>>();

/**
 * Serves GraphiQL: its page at /graphql to browsers, which is small, and what the page loads, which may be cached
 * for good. All responses share one buffer for each file and encoding.
 */
export function useGraphiql(
  { compressFromBytes, clientTimeoutMs }: GraphiqlSettings,
  telemetry: Telemetry,
  scopes: RequestScopes,
): Plugin<object, { res?: ServerResponse }> {
  const downloads = new Set<ServerResponse>();

  /** Counts a response until it is sent, and ends it when its client stops reading. */
  function begin(response: ServerResponse): OverloadedError | undefined {
    if (downloads.size >= MAX_DOWNLOADS) return new OverloadedError(MAX_DOWNLOADS, downloads.size + 1);
    downloads.add(response);
    response.once('close', () => downloads.delete(response));
    response.setTimeout(clientTimeoutMs, () => response.destroy());
    return undefined;
  }

  return {
    async onRequest({ request, url, serverContext, fetchAPI, endResponse }) {
      const { method, headers } = request;
      if (method !== 'GET' && method !== 'HEAD') return;
      const isPage = url.pathname === '/graphql' && (headers.get('accept') ?? '').includes('text/html');
      if (!isPage && !url.pathname.startsWith(ASSETS)) return;
      const { page, assets } = await load();
      const file = isPage ? page : assets.get(url.pathname);
      if (!file) return;
      const about = headersOf(file, isPage);
      if (isKnown(headers.get('if-none-match'), about.etag)) {
        return endResponse(new fetchAPI.Response(null, { status: 304, headers: about }));
      }
      const isSmall = compressFromBytes === 0 || file.body.length < compressFromBytes;
      const encoding = isSmall ? undefined : preferredEncoding(headers.get('accept-encoding'));
      const body = encoding ? await compressOnce(file, encoding) : file.body;
      const overload = method === 'GET' && serverContext.res && begin(serverContext.res);
      if (overload) {
        telemetry.requestRefused('GATEWAY_OVERLOADED');
        return endResponse(refuseRequest(overload, scopes.of(request), fetchAPI));
      }
      endResponse(
        new fetchAPI.Response(method === 'HEAD' ? null : body, {
          headers: {
            ...about,
            'content-type': file.type,
            'content-length': String(body.length),
            ...(encoding ? { 'content-encoding': encoding } : {}),
          },
        }),
      );
    },
  };
}

function load(): Promise<Graphiql> {
  loading ??= loadGraphiql().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function compressOnce(file: GraphiqlFile, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const known = compressed.get(file) ?? {};
  compressed.set(file, known);
  known[encoding] ??= encode(file.body, encoding, { again: true }).catch((error: unknown) => {
    delete known[encoding];
    throw error;
  });
  return known[encoding];
}

function headersOf({ hash }: GraphiqlFile, isPage: boolean) {
  return {
    // The same for all encodings of it, hence weak.
    etag: `W/"${hash}"`,
    'cache-control': isPage ? 'no-store' : 'public, max-age=31536000, immutable',
    vary: isPage ? 'accept, accept-encoding, origin' : 'accept-encoding, origin',
    ...(isPage ? { 'content-security-policy': GRAPHIQL_POLICY } : {}),
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}
