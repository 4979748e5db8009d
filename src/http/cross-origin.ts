import { gatewayError } from '../errors/gateway-error.ts';
import type { Exchange } from './exchange.ts';
import { isJsonType } from './graphql-over-http.ts';
import type { PlainResponse } from './respond.ts';

const ALLOWED_HEADERS =
  'authorization, cache-control, content-type, x-query-cost, x-request-id, x-twilio-credential';
const EXPOSED_HEADERS = 'retry-after, x-request-id';

export interface CrossOriginOptions {
  readonly allowedOrigins: readonly string[];
  /** Whether a page is at this path, to which others may link. */
  readonly isPage: (path: string) => boolean;
  /** Where browsers reach the gateway, if not by the Host they name. */
  readonly ownOrigin: string | undefined;
}

/**
 * Decides what browsers may send on behalf of pages of other sites: nothing, but for the listed origins. The response
 * is not only kept from them; the request is rejected, since a query costs calls to Twilio, and its time may tell what
 * is there. Hono's cors middleware only sets headers, and its csrf middleware only looks at forms.
 *
 * @returns the response to a preflight; undefined for a request that goes on
 * @throws {CROSS_ORIGIN_REFUSED} {UNSUPPORTED_MEDIA_TYPE}
 */
export function createCrossOrigin({ allowedOrigins, isPage, ownOrigin }: CrossOriginOptions) {
  const allowed = new Set(allowedOrigins);

  return (exchange: Exchange): PlainResponse | undefined => {
    const { headers, method } = exchange;
    const origin = exchange.header('origin');
    if (allowed.size > 0) headers.vary = 'origin';
    if (origin !== null && allowed.has(origin)) {
      headers['access-control-allow-origin'] = origin;
      headers['access-control-expose-headers'] = EXPOSED_HEADERS;
      headers['cross-origin-resource-policy'] = 'cross-origin';
      if (method === 'OPTIONS') return PREFLIGHT;
    } else if (
      isFromElsewhere(exchange, origin, ownOrigin) &&
      !(isPage(exchange.path) && isNavigation(exchange))
    ) {
      throw gatewayError('CROSS_ORIGIN_REFUSED');
    }
    // A page can make a browser send forms and plain text without a preflight.
    if (method === 'POST' && !isJsonType(exchange.header('content-type') ?? '')) {
      throw gatewayError('UNSUPPORTED_MEDIA_TYPE');
    }
    return undefined;
  };
}

const PREFLIGHT: PlainResponse = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': '7200',
  },
  body: null,
};

/** By Fetch Metadata, which browsers send and programs do not. */
function isFromElsewhere(exchange: Exchange, origin: string | null, ownOrigin: string | undefined): boolean {
  const site = exchange.header('sec-fetch-site');
  // Over plain http, and in old versions, browsers send no more than the origin.
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  return origin !== null && origin !== ownOrigin && URL.parse(origin)?.host !== exchange.host;
}

/** Somebody follows a link to a page, which executes nothing by itself. */
function isNavigation(exchange: Exchange): boolean {
  return (
    exchange.method === 'GET' &&
    exchange.header('sec-fetch-mode') === 'navigate' &&
    exchange.header('sec-fetch-dest') === 'document' &&
    (exchange.header('accept') ?? '').includes('text/html')
  );
}
