import { gatewayError } from '../../errors/gateway-error.ts';
import { type Encoding, encode, preferredEncoding } from '../compress.ts';
import type { Exchange } from '../exchange.ts';
import {
  ASSETS,
  GRAPHIQL_POLICY,
  type Graphiql,
  type GraphiqlFile,
  loadGraphiql,
} from '../graphiql-files.ts';
import { hasEtag } from '../has-etag.ts';

export interface GraphiqlSettings {
  /** Files of this size and more are compressed; 0 compresses none. */
  readonly compressFromBytes: number;
  /** How long a client may read nothing of a file, in milliseconds. */
  readonly clientTimeoutMs: number;
}

/** Downloads at once. A browser needs a few, and then has them cached. */
const MAX_DOWNLOADS = 32;

/** Loaded once for all gateways of a process, and again where that failed. */
let loading: Promise<Graphiql> | undefined;
/** Compressed files, for all gateways of a process. */
const compressed = new WeakMap<GraphiqlFile, Partial<Record<Encoding, Promise<Uint8Array<ArrayBuffer>>>>>();

/** Whether a request wants GraphiQL's page or one of its files. */
export function wantsGraphiql(exchange: Exchange): boolean {
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return false;
  if (exchange.path.startsWith(ASSETS)) return true;
  return exchange.path === '/graphql' && (exchange.header('accept') ?? '').includes('text/html');
}

/**
 * Serves GraphiQL: its small page at /graphql to browsers, and the files it loads, which may be cached for good. All
 * responses share one buffer for each file and encoding.
 */
export function createGraphiqlRoute({ compressFromBytes, clientTimeoutMs }: GraphiqlSettings) {
  const downloads = new Set<object>();

  /** Counts a download until it is sent, and ends it when its client stops reading. */
  function beginDownload({ outgoing }: Exchange): void {
    if (!outgoing) return;
    if (downloads.size >= MAX_DOWNLOADS)
      throw gatewayError('GATEWAY_OVERLOADED', MAX_DOWNLOADS, downloads.size + 1);
    downloads.add(outgoing);
    outgoing.once('close', () => downloads.delete(outgoing));
    outgoing.setTimeout(clientTimeoutMs, () => outgoing.destroy());
  }

  /** @returns undefined if the file does not exist */
  return async (exchange: Exchange): Promise<Response | undefined> => {
    const isPage = exchange.path === '/graphql';
    const { page, assets } = await load();
    const file = isPage ? page : assets.get(exchange.path);
    if (!file) return undefined;
    const headers = headersOf(file, isPage);
    if (hasEtag(exchange.header('if-none-match'), headers.etag)) {
      return exchange.respond({ status: 304, headers, body: null });
    }
    const isSmall = compressFromBytes === 0 || file.body.length < compressFromBytes;
    const encoding = isSmall ? undefined : preferredEncoding(exchange.header('accept-encoding'));
    const body = encoding ? await compressOnce(file, encoding) : file.body;
    const isHead = exchange.method === 'HEAD';
    if (!isHead) beginDownload(exchange);
    return exchange.respond({
      status: 200,
      headers: {
        ...headers,
        'content-type': file.type,
        'content-length': String(body.length),
        ...(encoding ? { 'content-encoding': encoding } : {}),
      },
      body: isHead ? null : body,
    });
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
    // The same for all encodings of a file, hence weak.
    etag: `W/"${hash}"`,
    'cache-control': isPage ? 'no-store' : 'public, max-age=31536000, immutable',
    vary: isPage ? 'accept, accept-encoding, origin' : 'accept-encoding, origin',
    ...(isPage ? { 'content-security-policy': GRAPHIQL_POLICY } : {}),
  };
}
