import { gatewayError } from '../../errors/gateway-error.ts';
import { preferredEncoding } from '../compress.ts';
import { CONSOLE_ASSETS, type ConsoleBuild, type ConsoleFile } from '../console-files.ts';
import type { Exchange } from '../exchange.ts';
import { hasEtag } from '../has-etag.ts';

/** The policy of the console's page: scripts and styles of this gateway, and none that are made while it runs. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The first parts of the paths of screens. What follows is up to the console. */
const SCREEN = /^\/(messages|threads|accounts|admin|credentials)(?:\/.*)?$/;
/** Where the administration was before it was a screen. */
const MOVED = /^\/credentials(?:\/|$)/;

export interface ConsoleRouteOptions {
  /** Null where the console was not built. */
  readonly build: ConsoleBuild | null;
  readonly graphiql: boolean;
  /** How long a client may read nothing of a file, in milliseconds. */
  readonly clientTimeoutMs: number;
}

export type ConsoleRoute = ReturnType<typeof createConsoleRoute>;

/**
 * Serves the console: its page at the path of every screen, and the files it loads. None of them has any data in it, so
 * no key is needed. All responses share one buffer for each file and encoding.
 */
export function createConsoleRoute({ build, graphiql, clientTimeoutMs }: ConsoleRouteOptions) {
  const isScreen = (path: string) => path === '/' || SCREEN.test(path);

  function fileAt(path: string): ConsoleFile | undefined {
    return isScreen(path) ? build?.page : build?.files.get(path);
  }

  return {
    isScreen,
    /** Whether a request wants the page or one of its files. */
    wants: ({ method, path }: Exchange): boolean =>
      (method === 'GET' || method === 'HEAD') &&
      (isScreen(path) || path.startsWith(CONSOLE_ASSETS) || build?.files.has(path) === true),

    serve(exchange: Exchange): Response {
      const { path, outgoing } = exchange;
      if (MOVED.test(path))
        return exchange.respond({ status: 302, headers: { location: '/admin' }, body: null });
      const file = fileAt(path);
      if (!file) {
        const isRead = (exchange.header('accept') ?? '').includes('text/html');
        if (!isScreen(path) || !isRead) throw gatewayError('PATH_UNKNOWN');
        return exchange.respond({ status: 404, headers: NOT_BUILT_HEADERS, body: notBuilt(graphiql) });
      }
      const link = file === build?.page ? build.preloads(path) : undefined;
      const headers = { ...headersOf(file, path), ...(link && { link }) };
      if (hasEtag(exchange.header('if-none-match'), headers.etag)) {
        return exchange.respond({ status: 304, headers, body: null });
      }
      const encoding = preferredEncoding(exchange.header('accept-encoding'));
      const twin = encoding && file.compressed[encoding];
      const body = twin ?? file.body;
      outgoing?.setTimeout(clientTimeoutMs, () => outgoing.destroy());
      return exchange.respond({
        status: 200,
        headers: {
          ...headers,
          'content-type': file.type,
          'content-length': String(body.length),
          ...(twin ? { 'content-encoding': encoding } : {}),
        },
        body: exchange.method === 'HEAD' ? null : body,
      });
    },
  };
}

function headersOf({ hash, type }: ConsoleFile, path: string) {
  const isPage = type.startsWith('text/html');
  return {
    // The same for all encodings of a file, hence weak.
    etag: `W/"${hash}"`,
    'cache-control': path.startsWith(CONSOLE_ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding, origin',
    ...(isPage
      ? {
          'content-security-policy': CONSOLE_POLICY,
          'referrer-policy': 'same-origin',
          'cross-origin-opener-policy': 'same-origin',
        }
      : {}),
  };
}

const NOT_BUILT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' };

function notBuilt(graphiql: boolean): string {
  return `The console is not built here. Run "npm ci && npm run build", or install the package twilio-graphql-gateway, which has it.
GraphQL is at /graphql${graphiql ? ', and GraphiQL too, in a browser' : ''}.
`;
}

/** The path as it may be logged: ids of threads and accounts are nobody's business there. */
export function consoleLogPath(path: string): string | undefined {
  if (path.startsWith(CONSOLE_ASSETS)) return `${CONSOLE_ASSETS}*`;
  const [, screen] = SCREEN.exec(path) ?? [];
  return screen && (path === `/${screen}` ? path : `/${screen}/*`);
}
