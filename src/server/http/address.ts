import type { IncomingMessage } from 'node:http';
import { BadAddressError } from '../../errors/http.ts';

/** Finds out whether a request says where it is to go, in the one form that is understood everywhere behind. */
export type CheckAddress = (request: IncomingMessage) => BadAddressError | undefined;

/**
 * Node lets any text pass for a host and a target such as "*" or "http://x". What puts them together to a URL
 * behind here fails over that, and yoga's adapter answers such a failure with its stack.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function createCheckAddress(): CheckAddress {
  // Nearly always the same one.
  let lastGood: string | undefined;
  return ({ url = '', httpVersion, headers: { host } }) => {
    const isGood = host === undefined ? httpVersion === '1.0' : host === lastGood || isHost(host);
    if (!isGood || !url.startsWith('/')) return new BadAddressError();
    lastGood = host;
    return undefined;
  };
}

/** A name or an address, and perhaps a port; neither a user nor the beginning of a path. */
function isHost(host: string): boolean {
  return !/[\s/\\?#@]/.test(host) && URL.canParse(`http://${host}`);
}
