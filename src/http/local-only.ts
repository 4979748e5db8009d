import type { Callers } from '../auth/callers.ts';
import { isLoopback } from '../config/setting.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Exchange } from './exchange.ts';

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
