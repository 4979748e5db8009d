import type { IncomingMessage } from 'node:http';
import type { Callers } from '../auth/callers.ts';
import { isLoopback } from '../config/setting.ts';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { Exchange } from './exchange.ts';

/**
 * Checks the Host and the target of a request before a URL is built from them, and rewrites an absolute target into a
 * Host and a path. Node accepts any text as either, and keeps the first of several Hosts; a proxy in front may have
 * used another. The host of an absolute target, as proxies send it, replaces the Host header.
 *
 * A path that a URL would change, as `/./graphql`, `/x/../graphql` or `/graphql#`, is not found: an access rule of a
 * proxy for another path would let it through.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function checkTarget(request: IncomingMessage): GatewayError | undefined {
  const { httpVersion, headers } = request;
  const { host } = headers;
  const isValid = host === undefined ? httpVersion === '1.0' : isHost(host);
  if (!isValid || hasSeveralHosts(request)) return gatewayError('BAD_REQUEST', 'address');
  if (!request.url?.startsWith('/') && !rewriteAbsoluteTarget(request))
    return gatewayError('BAD_REQUEST', 'address');
  const path = pathOf(request);
  if (path === '/graphql' || URL.parse(`http://localhost${path}`)?.pathname === path) return undefined;
  return gatewayError('PATH_UNKNOWN');
}

/** The path as it was written, without the query. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

const ORDINARY_HOST = /^(?:localhost|[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+)(?::[1-9]\d{0,3})?$/;

/**
 * Whether a Host is a name or an address in its usual form, and perhaps a port; neither a user, nor a list, nor the
 * beginning of a path. Forms that a URL rewrites, as `127.1`, are not accepted.
 */
export function isHost(host: string): boolean {
  if (ORDINARY_HOST.test(host)) return true;
  if (/[\s/\\?#@,]/.test(host)) return false;
  const hostname = URL.parse(`http://${host}`)?.hostname;
  return hostname !== undefined && hostname === host.replace(/:\d+$/, '').toLowerCase();
}

/** Leaves the path as it was written. @returns whether the target is an absolute one */
function rewriteAbsoluteTarget(request: IncomingMessage): boolean {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '') ?? [];
  const target = isHost(authority) ? URL.parse(request.url ?? '') : null;
  if (!target) return false;
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.headers.host = target.host;
  return true;
}

/** Node keeps the first; a proxy in front may have used another. */
export function hasSeveralHosts({ rawHeaders = [] }: Partial<Pick<IncomingMessage, 'rawHeaders'>>): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** Headers that proxies add to a request, and that no program on this machine needs to send. */
const OF_PROXIES =
  /^(?:forwarded|via|cdn-loop|x-(?:original-)?forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip)$/i;

/**
 * Rejects a request that may not come from this machine, while the gateway is open: it then takes every caller for its
 * administrator. A web page whose own name was made to point here (DNS rebinding) carries that name in the Host header.
 * A request that a proxy passed on may come from anywhere, although the proxy itself is on this machine.
 *
 * @throws {HOST_NOT_ALLOWED} {PROXY_NOT_ALLOWED}
 */
export async function rejectUnlessLocal(
  exchange: Pick<Exchange, 'host' | 'headerNames'>,
  { isProbe, callers }: { isProbe: boolean; callers: Pick<Callers, 'isOpen'> },
): Promise<void> {
  const error = problemOf(exchange);
  // Probes ask by whatever address they know.
  if (!error || (isProbe && error.code === 'HOST_NOT_ALLOWED')) return;
  if (await callers.isOpen()) throw error;
}

function problemOf(exchange: Pick<Exchange, 'host' | 'headerNames'>) {
  if (!isLoopback(URL.parse(`http://${exchange.host}`)?.hostname ?? ''))
    return gatewayError('HOST_NOT_ALLOWED');
  for (const name of exchange.headerNames())
    if (OF_PROXIES.test(name)) return gatewayError('PROXY_NOT_ALLOWED');
  return undefined;
}
