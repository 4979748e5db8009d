import { connect, type Socket } from 'node:net';
import { type ParsedResponse, ResponseParser } from './response-parser.ts';

/**
 * A keep-alive connection for one request at a time. It is cheaper than a client library, so that the benchmark does
 * not measure the load generator.
 */
export class Connection {
  readonly #port: number;
  readonly #options: { readonly keepBody?: boolean };
  #socket: Socket | undefined;
  #pending: { resolve: (response: ParsedResponse) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number, options: { readonly keepBody?: boolean } = {}) {
    this.#port = port;
    this.#options = options;
  }

  /** Sends a request. @throws when the connection closes before the response is complete; the next call reconnects */
  send(request: string): Promise<ParsedResponse> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const parser = new ResponseParser(this.#options);
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes: Buffer) => {
      const response = parser.push(bytes);
      if (response) this.#pending?.resolve(response);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#pending?.reject(new Error('The connection was closed.'));
    });
    return socket;
  }
}
