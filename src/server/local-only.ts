import type { Callers } from '../auth/callers.ts';
import { isLoopback } from '../config.ts';
import { HostNotAllowedError, ProxyNotAllowedError } from '../errors/callers.ts';

/** Headers that proxies add to a request they pass on, and that no program on this machine needs to send. */
const OF_PROXIES =
  /^(?:forwarded|via|cdn-loop|x-(?:original-)?forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip)$/i;

/** As much of a request as shows where it comes from. */
export interface Arrival {
  /** What the Host header names, with or without a port. */
  readonly host: string;
  readonly headerNames: Iterable<string>;
}

/**
 * Says why an open gateway, which takes every caller for its administrator, rejects a request; undefined for a
 * request that may pass, and on a gateway that asks for keys.
 *
 * A web page whose own name was made to point here (DNS rebinding) carries that name in the Host header. A request
 * that a proxy passed on may come from anywhere, although the proxy itself is on this machine.
 */
export async function rejectUnlessLocal(
  callers: Callers,
  arrival: Arrival,
): Promise<HostNotAllowedError | ProxyNotAllowedError | undefined> {
  const error = problemOf(arrival);
  return error && (await callers.isOpen()) ? error : undefined;
}

function problemOf({ host, headerNames }: Arrival) {
  if (!isLoopback(URL.parse(`http://${host}`)?.hostname ?? '')) return new HostNotAllowedError();
  for (const name of headerNames) if (OF_PROXIES.test(name)) return new ProxyNotAllowedError();
  return undefined;
}
