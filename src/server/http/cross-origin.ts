import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayError } from '../../errors/gateway-error.ts';
import { CrossOriginError, UnsupportedMediaTypeError } from '../../errors/http.ts';

const ALLOWED_HEADERS =
  'authorization, cache-control, content-type, x-query-cost, x-request-id, x-twilio-credential';
const EXPOSED_HEADERS = 'retry-after, x-request-id';

/** A page cannot make a browser send this without asking first, as it can forms and plain text. */
const JSON_TYPE = /^(application\/(?:graphql\+)?json)\s*(;.*)?$/i;

export interface CrossOriginOptions {
  readonly allowedOrigins: readonly string[];
  readonly graphiql: boolean;
  /** Where browsers reach the gateway, if not by the Host they name. */
  readonly ownOrigin: string | undefined;
}

/** Decides what browsers may do with /graphql on behalf of pages from elsewhere. */
export interface CrossOrigin {
  /** The refusal; "answered" for a preflight, which is over then; undefined for what goes on. */
  check(request: IncomingMessage, response: ServerResponse): GatewayError | 'answered' | undefined;
}

/**
 * Nothing is open to pages of other sites but to the listed origins. Not only is the answer kept from them: what
 * they send is refused, since a query costs calls to Twilio, and its time may tell what is there.
 */
export function createCrossOrigin({ allowedOrigins, graphiql, ownOrigin }: CrossOriginOptions): CrossOrigin {
  const allowed = new Set(allowedOrigins);
  const isOwn = ({ origin, host }: IncomingHttpHeaders) =>
    origin === ownOrigin || URL.parse(origin ?? '')?.host === host;

  return {
    check(request, response) {
      const { headers, method } = request;
      if (allowed.size > 0) response.setHeader('vary', 'origin');
      const { origin } = headers;
      if (origin !== undefined && allowed.has(origin)) {
        response.setHeader('access-control-allow-origin', origin);
        response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
        response.setHeader('cross-origin-resource-policy', 'cross-origin');
        if (method === 'OPTIONS') return preflight(response);
      } else if (isFromElsewhere(headers, isOwn) && !(graphiql && isVisit(request))) {
        return new CrossOriginError();
      }
      if (method !== 'POST') return undefined;
      const [, type, parameters = ''] = JSON_TYPE.exec(headers['content-type'] ?? '') ?? [];
      if (type === undefined) return new UnsupportedMediaTypeError();
      // Yoga knows it in this form only, and refuses others that are as good, without a word.
      headers['content-type'] = type.toLowerCase() + parameters;
      return undefined;
    },
  };
}

function preflight(response: ServerResponse): 'answered' {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': '7200',
  });
  response.end();
  return 'answered';
}

/** By what browsers say of a request; programs say nothing of the kind. */
function isFromElsewhere(
  headers: IncomingHttpHeaders,
  isOwn: (headers: IncomingHttpHeaders) => boolean,
): boolean {
  const site = headers['sec-fetch-site'];
  // Over plain http, and of old, browsers say no more than the origin.
  if (site === undefined) return headers.origin !== undefined && !isOwn(headers);
  return site !== 'same-origin' && site !== 'none';
}

/** Somebody follows a link to GraphiQL, which runs nothing by itself. */
function isVisit({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    (headers.accept ?? '').includes('text/html')
  );
}
