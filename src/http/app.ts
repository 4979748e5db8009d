import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { ReadAudit } from '../admin/read-audit.ts';
import { usageKeyOf } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError, gatewayError } from '../errors/gateway-error.ts';
import { maskError } from '../graphql/finish-errors.ts';
import { MEDIA_PATH } from '../policy/media-link.ts';
import { MAX_FORM_BYTES, SESSION_HEADER } from '../sign-in/form.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { explainStoreError } from '../store/store-errors.ts';
import type { Admission } from './admission/admission.ts';
import { ClientGoneError } from './admission/admission.ts';
import { authenticate, requirePrincipal } from './authenticate.ts';
import { readBody } from './body.ts';
import type { ConsoleBuild } from './console-files.ts';
import { createCrossOrigin } from './cross-origin.ts';
import { Exchange, type HttpEnv } from './exchange.ts';
import type { Health } from './health.ts';
import { metricsForAdmin } from './monitor.ts';
import { createRequestLog, type Loggable } from './request-log.ts';
import { type ErrorResponse, errorResponse, rejection, SECURITY_HEADERS } from './respond.ts';
import { createConsoleRoute } from './routes/console.ts';
import { createExportRoute, EXPORT_PATH } from './routes/export.ts';
import { createGraphiqlRoute, wantsGraphiql } from './routes/graphiql.ts';
import { createGraphqlRoute, GRAPHQL_PATH, type GraphqlRouteOptions } from './routes/graphql.ts';
import type { MediaRoute } from './routes/media.ts';
import { checkTarget, isHost, pathOf, rejectUnlessLocal } from './target.ts';

export interface HttpAppOptions extends GraphqlRouteOptions {
  readonly admission: Admission;
  readonly callers: Callers;
  readonly media: MediaRoute;
  readonly signIn: SignIn;
  readonly health: Health;
  /** Null where the console was not built. */
  readonly consoleBuild: ConsoleBuild | null;
  /** Whether /metrics is served here; otherwise it has a port of its own. */
  readonly servesMetrics: boolean;
  /** Names of trusted documents, which may be metric labels. */
  readonly trustedNames: ReadonlySet<string>;
  readonly readAudit: ReadAudit;
  readonly now: () => number;
  readonly loggable: Loggable;
}

/** Every HTTP request takes these steps, in this order. */
export function createHttpApp(options: HttpAppOptions) {
  const { admission, callers, media, signIn, health, http, limits, loggable, log, telemetry } = options;
  const { readAudit, trustedNames } = options;
  const requestLog = createRequestLog(options);
  const graphql = createGraphqlRoute(options);
  const exportRoute = createExportRoute(options);
  const graphiql = createGraphiqlRoute({ ...http, ...limits });
  const console = createConsoleRoute({ build: options.consoleBuild, ...http, ...limits });
  const crossOrigin = createCrossOrigin({
    ...http,
    ownOrigin: options.publicUrl?.origin,
    isPage: (path) => console.isScreen(path) || (http.graphiql && path === GRAPHQL_PATH),
  });
  const app = new Hono<HttpEnv>({ getPath: rawPathOf });

  // 9. An error becomes a response here, whichever step threw it.
  function sendError(exchange: Exchange, thrown: unknown): Response {
    const error = explainStoreError(thrown);
    if (error instanceof ClientGoneError) {
      exchange.isLogged = false;
      return RESPONSE_ALREADY_SENT;
    }
    const isKnown = error instanceof GatewayError;
    const response = isKnown ? rejection(error) : errorResponse([{ formatted: maskError(error, log) }]);
    const code = isKnown ? error.code : 'INTERNAL_SERVER_ERROR';
    exchange.errorCodes.add(code);
    if (exchange.isLogged && response.status !== 401) telemetry.requestRejected(code);
    return exchange.respond(response);
  }
  app.onError((error, { var: { exchange } }) => sendError(exchange, error));
  app.notFound(() => {
    throw gatewayError('PATH_UNKNOWN');
  });

  // 10. Log, count and trace, once the response is sent.
  app.use(async (c, next) => {
    const { raw: request, method, path } = c.req;
    const requestId = loggable.requestId(c.req.header('x-request-id'));
    const exchange = new Exchange({ request, method, path }, c.env, requestId);
    c.set('exchange', exchange);
    await next();
    if (exchange.isLogged) requestLog.write(exchange);
    const { principal } = exchange.authentication ?? {};
    if (principal && exchange.accesses.size > 0) {
      const operations = exchange.operations.map((name) => loggable.operation(name, trustedNames));
      readAudit.add({ caller: principal, accesses: exchange.accesses, operations });
    }
  });

  // 1. Host, origin, CORS. Probes end here.
  app.use(async ({ var: { exchange } }, next) => {
    const isProbe = exchange.path === '/health' || exchange.path === '/ready';
    if (!exchange.incoming && !isHost(exchange.host)) throw gatewayError('BAD_REQUEST', 'address');
    await rejectUnlessLocal(exchange, { isProbe, callers });
    const probed = isProbe && (await health.probe(new URL(exchange.request.url)));
    if (probed) return exchange.respond(probed);
    // These routes decide themselves where their forms may come from.
    // A media link is shown wherever it was put: it needs no cookie, and returns nothing but its file.
    const isFromAnywhere = signIn.serves(exchange.path) || exchange.path.startsWith(MEDIA_PATH);
    const preflight = isFromAnywhere ? undefined : crossOrigin(exchange);
    return preflight ? exchange.respond(preflight) : next();
  });

  // 2. Authenticate, by the header or by the cookie of a session.
  app.use(async ({ var: { exchange } }, next) => {
    if (signIn.serves(exchange.path)) {
      exchange.visit = await signIn.open(exchange.request, new URL(exchange.request.url), exchange.address);
      const { principal } = exchange.visit;
      exchange.authentication = principal ? { principal } : { error: gatewayError('UNAUTHENTICATED') };
    } else if (exchange.path.startsWith(MEDIA_PATH)) {
      exchange.media = media.readLink(exchange) ?? undefined;
      exchange.authentication = exchange.media
        ? { principal: media.principalOf(exchange.media, exchange.address) }
        : { error: gatewayError('MEDIA_LINK_INVALID') };
    } else {
      // For the console and GraphiQL: no other path serves a browser that is signed in.
      const mayUseSession = exchange.path === GRAPHQL_PATH || exchange.path.startsWith(EXPORT_PATH);
      const wantsSession = mayUseSession && exchange.header(SESSION_HEADER) === '1';
      const url = () => new URL(exchange.request.url);
      const principal = wantsSession && (await signIn.principalOf(exchange.request, url(), exchange.address));
      exchange.authentication = principal ? { principal } : await authenticate(exchange, callers);
      exchange.isSession = Boolean(principal);
    }
    return next();
  });

  // 3. Admit: concurrency limits and load shedding, for each principal by itself.
  app.use(async ({ var: { exchange } }, next) => {
    const { authentication, address, requestId, outgoing } = exchange;
    // Monitoring must work under overload.
    if (!outgoing || exchange.path === '/metrics') return next();
    const { principal } = authentication ?? {};
    const key = principal ? usageKeyOf(principal) : null;
    const isLong = exchange.path.startsWith(EXPORT_PATH);
    const entered = admission.enter({ principal: key, address, requestId, response: outgoing, isLong });
    if (entered.admitted) {
      exchange.ticket = entered;
      return next();
    }
    // Thousands a second must cost little: the response is pre-built, and one log line a second counts them.
    entered.send();
    exchange.isLogged = false;
    return RESPONSE_ALREADY_SENT;
  });

  // 4. to 8. The body, and the route of the path.
  if (options.servesMetrics && telemetry.exposition) {
    app.get('/metrics', async ({ var: { exchange } }) => {
      const principal = requirePrincipal(exchange, telemetry, log);
      return exchange.respond(await metricsForAdmin(principal, telemetry));
    });
  }
  app.use(async ({ var: { exchange } }, next) => {
    if (http.graphiql && wantsGraphiql(exchange)) return (await graphiql(exchange)) ?? next();
    if (!exchange.visit) return console.wants(exchange) ? console.serve(exchange) : next();
    const form = async () => {
      try {
        const body = await readBody(exchange, Math.min(MAX_FORM_BYTES, limits.maxBodyBytes));
        await exchange.start();
        return body;
      } catch (error) {
        if (!(error instanceof ClientGoneError)) throw error;
        // Nobody reads the page about this empty form.
        exchange.isLogged = false;
        return '';
      }
    };
    return exchange.respond(await exchange.visit.respond(form));
  });
  app.all(GRAPHQL_PATH, ({ var: { exchange } }) => graphql(exchange));
  app.all(`${EXPORT_PATH}*`, ({ var: { exchange } }) => exportRoute(exchange));
  app.all(`${MEDIA_PATH}*`, ({ var: { exchange } }) => media.serve(exchange));

  const listener = getRequestListener(app.fetch, {
    // Node's own objects stay as they are for the program around the gateway.
    overrideGlobalObjects: false,
    // Node drops the rest of an unread body itself.
    autoCleanupIncoming: false,
    hostname: 'localhost',
  });

  return {
    /** For node:http's createServer. */
    handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
      // 1. Target and Host, before a URL is built from them.
      const error = checkTarget(incoming);
      if (!error) return void listener(incoming, outgoing);
      const { method = '', headers } = incoming;
      const target = { method, path: pathOf(incoming), request: NO_REQUEST };
      const exchange = new Exchange(
        target,
        { incoming, outgoing },
        loggable.requestId(headers['x-request-id']),
      );
      sendError(exchange, error);
      requestLog.write(exchange);
    },
    /** Handles a request in-process, as over HTTP. */
    fetch: async (request: Request): Promise<Response> => app.fetch(request, {}),
    /** Logs the number of requests left out of the log. */
    close: requestLog.close,
  };
}

/** For admission control, which sends it without the other steps. */
export function overloadResponse(error: GatewayError): ErrorResponse {
  const response = rejection(error);
  return { ...response, headers: { ...SECURITY_HEADERS, ...response.headers } };
}

/** Hono would decode it: `/%67raphql` is another path than `/graphql` for the access rules of a proxy. */
function rawPathOf({ url }: Request): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const path = start < 0 ? '/' : url.slice(start);
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Stands in for a request with an invalid target; nothing reads it. */
const NO_REQUEST = new Request('http://localhost');
