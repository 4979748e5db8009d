import type { IncomingMessage, ServerResponse } from 'node:http';
import { isHost } from '../http/address.ts';

/** A GraphQL request whose body has been read, whichever way it came. */
export interface Incoming {
  readonly text: string;
  header(name: string): string | null;
  headerNames(): Iterable<string>;
  /** The address it came from; null in-process. */
  readonly origin: string | null;
  /** Calls `hangUp` when the client goes away before it is answered. */
  watch(hangUp: () => void): () => void;
}

/** Longer bodies, and those of unknown length, are yoga's. */
const LONGEST_BODY = 256 * 1024;

const GRAPHQL_PATH = '/graphql';

/** Whether this is a request in the form nearly all clients use: JSON of known length, posted to /graphql. */
export function isOrdinary({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === GRAPHQL_PATH &&
    isJson(headers['content-type']) &&
    headers['content-encoding'] === undefined &&
    Number(headers['content-length']) <= LONGEST_BODY
  );
}

/** {@link isOrdinary}, in-process. */
export function isOrdinaryRequest({ method, url, headers }: Request): boolean {
  return (
    method === 'POST' &&
    new URL(url).pathname === GRAPHQL_PATH &&
    isJson(headers.get('content-type')) &&
    isHost(headers.get('host') ?? 'localhost')
  );
}

function isJson(contentType: string | null | undefined): boolean {
  return contentType != null && /^application\/json *(?:; *charset=utf-8 *)?$/i.test(contentType);
}

/** @returns null where the client went away before all of it had come */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () =>
      resolve((chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString()),
    );
    request.once('close', () => resolve(null));
    request.once('error', () => resolve(null));
  });
}

export function fromNode(request: IncomingMessage, response: ServerResponse, text: string): Incoming {
  return {
    text,
    header: (name) => {
      const value = request.headers[name];
      return value === undefined ? null : String(value);
    },
    headerNames: () => Object.keys(request.headers),
    origin: request.socket.remoteAddress ?? null,
    watch(hangUp) {
      const onClose = () => {
        if (!response.writableFinished) hangUp();
      };
      response.once('close', onClose);
      return () => response.removeListener('close', onClose);
    },
  };
}

export function fromRequest(request: Request, text: string): Incoming {
  return {
    text,
    header: (name) => request.headers.get(name),
    headerNames: () => request.headers.keys(),
    origin: null,
    watch(hangUp) {
      request.signal.addEventListener('abort', hangUp, { once: true });
      return () => request.signal.removeEventListener('abort', hangUp);
    },
  };
}
