import type { IncomingMessage } from 'node:http';
import { gatewayError } from '../errors/gateway-error.ts';
import { ClientGoneError } from './admission/admission.ts';
import type { Exchange } from './exchange.ts';

/**
 * Reads the whole body as UTF-8. A compressed one is rejected: its size would not be known before it is read.
 *
 * @throws {BODY_TOO_LARGE} {UNSUPPORTED_MEDIA_TYPE}
 * @throws {ClientGoneError} where the client goes away before all of it has arrived
 */
export function readBody(exchange: Exchange, maxBytes: number): Promise<string> {
  const length = Number(exchange.header('content-length') ?? 0);
  if (length > maxBytes) throw gatewayError('BODY_TOO_LARGE', maxBytes, length);
  const encoding = exchange.header('content-encoding');
  if (encoding !== null && encoding !== 'identity') throw gatewayError('UNSUPPORTED_MEDIA_TYPE');
  return exchange.incoming
    ? readIncoming(exchange.incoming, maxBytes)
    : readRequest(exchange.request, maxBytes);
}

/** Node's stream costs a third of Hono's: no Request, no web stream. */
function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      incoming.off('data', onData);
      reject(gatewayError('BODY_TOO_LARGE', maxBytes, bytes));
    };
    const onGone = () => reject(new ClientGoneError());
    incoming.on('data', onData);
    incoming.once('error', onGone);
    incoming.once('close', onGone);
    incoming.once('end', () => {
      incoming.off('close', onGone);
      resolve((chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString());
    });
  });
}

async function readRequest({ body }: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw gatewayError('BODY_TOO_LARGE', maxBytes, bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
