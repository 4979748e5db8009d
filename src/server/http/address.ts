import type { IncomingMessage } from 'node:http';
import { BadAddressError, PathUnknownError } from '../../errors/http.ts';

/** Checks the Host and the target of a request, and rewrites an absolute target into a Host and a path. */
export type CheckAddress = (request: IncomingMessage) => BadAddressError | undefined;

/**
 * Node accepts any text as a Host and as a target, and keeps the first of several Hosts. A proxy in front may have
 * used another one, and a URL cannot be built from all of them. An absolute target, as sent to proxies, is accepted;
 * its host then replaces the Host header, which must be there all the same.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function createCheckAddress(): CheckAddress {
  // Nearly always the same one.
  let lastGood: string | undefined;
  return (request) => {
    const { httpVersion, headers } = request;
    const { host } = headers;
    const isGood = host === undefined ? httpVersion === '1.0' : host === lastGood || isHost(host);
    if (!isGood || hasSeveralHosts(request)) return new BadAddressError();
    lastGood = host;
    const isOrigin = request.url?.startsWith('/') || readAbsoluteTarget(request);
    return isOrigin ? undefined : new BadAddressError();
  };
}

/**
 * Rejects a path that a URL would change, as `/./graphql`, `/x/../graphql` or `/graphql#`: an access rule of a proxy
 * for another path would let it through.
 */
export function checkPath(path: string): PathUnknownError | undefined {
  if (path === '/graphql' || URL.parse(`http://localhost${path}`)?.pathname === path) return undefined;
  return new PathUnknownError();
}

/** A name or an address, and perhaps a port; neither a user, nor a list, nor the beginning of a path. */
export function isHost(host: string): boolean {
  return !/[\s/\\?#@,]/.test(host) && URL.canParse(`http://${host}`);
}

/** Leaves the path as it was written, for {@link checkPath}. @returns whether the target is an absolute one */
function readAbsoluteTarget(request: IncomingMessage): boolean {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '') ?? [];
  const target = isHost(authority) ? URL.parse(request.url ?? '') : null;
  if (!target) return false;
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.headers.host = target.host;
  return true;
}

/** Node keeps the first; whoever stands in front may have gone by another. */
export function hasSeveralHosts({ rawHeaders = [] }: Partial<Pick<IncomingMessage, 'rawHeaders'>>): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
