import type { IncomingMessage } from 'node:http';
import { BadAddressError } from '../../errors/http.ts';

const ABSOLUTE = /^https?:\/\//i;

/** Finds out whether a request says where it is to go, and puts that in the one form that is understood behind. */
export type CheckAddress = (request: IncomingMessage) => BadAddressError | undefined;

/**
 * Node lets any text pass for a host and for a target. What puts them together to a URL behind here fails over
 * some, and yoga's adapter answers such a failure with its stack. A target that is a whole URL, as proxies are sent,
 * has to be accepted, and its host counts, not that of the header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function createCheckAddress(): CheckAddress {
  // Nearly always the same one.
  let lastGood: string | undefined;
  return (request) => {
    if (ABSOLUTE.test(request.url ?? '')) toOrigin(request);
    const { url = '', httpVersion } = request;
    const { host } = request.headers;
    const isGood = host === undefined ? httpVersion === '1.0' : host === lastGood || isHost(host);
    if (!isGood || !url.startsWith('/')) return new BadAddressError();
    lastGood = host;
    return undefined;
  };
}

function toOrigin(request: IncomingMessage): void {
  const target = URL.parse(request.url ?? '');
  if (!target) return;
  request.url = target.pathname + target.search;
  request.headers.host = target.host;
}

/** A name or an address, and perhaps a port; neither a user nor the beginning of a path. */
function isHost(host: string): boolean {
  return !/[\s/\\?#@]/.test(host) && URL.canParse(`http://${host}`);
}
