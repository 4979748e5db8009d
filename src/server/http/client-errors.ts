import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { BadHttpError, ClientTooSlowError, HeadersTooLargeError } from '../../errors/http.ts';
import type { LimitSettings } from '../limits/settings.ts';
import { refusalOf } from './refuse.ts';

/** Answers what never became a request: headers that are too large, too slow, or no HTTP. */
export function answerClientErrors(
  server: Server,
  { maxHeaderBytes, clientTimeoutMs }: Pick<LimitSettings, 'maxHeaderBytes' | 'clientTimeoutMs'>,
): void {
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    if (code === 'ECONNRESET' || !socket.writable || hasAnswer(socket as Socket)) {
      socket.destroy();
      return;
    }
    const { status, body } = refusalOf(
      code === 'HPE_HEADER_OVERFLOW'
        ? new HeadersTooLargeError(maxHeaderBytes)
        : code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? new ClientTooSlowError(clientTimeoutMs)
          : new BadHttpError(),
    );
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ];
    // Destroyed once it is sent: a client that goes on sending would hold the socket open.
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
}

/** An answer that has begun must not get another into its middle. Node's own handler looks here as well. */
function hasAnswer(socket: Socket & { _httpMessage?: { _headerSent?: boolean } | null }): boolean {
  return socket._httpMessage?._headerSent === true;
}
