import { connect, type Socket } from 'node:net';

/** Puts together one answer after the other from what comes off a connection. */
export interface AnswerReader<T> {
  /** Feeds bytes; answers what came in whole, or undefined while it is not. */
  push(bytes: Buffer): T | undefined;
}

/**
 * One kept-alive connection that asks, waits for the whole answer, and asks again. Cheaper than a client library:
 * the load must not be what is measured.
 */
export class Connection<T> {
  readonly #port: number;
  readonly #createReader: () => AnswerReader<T>;
  #socket: Socket | undefined;
  #settle: { resolve: (answer: T) => void; reject: (error: Error) => void } | undefined;

  /** @param createReader one for each connection: what broke off is no beginning of what comes after it */
  constructor(port: number, createReader: () => AnswerReader<T>) {
    this.#port = port;
    this.#createReader = createReader;
  }

  /** @throws when the connection breaks before the answer is whole; the next call opens another */
  ask(request: string): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const reader = this.#createReader();
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes: Buffer) => {
      const answer = reader.push(bytes);
      if (answer !== undefined) this.#settle?.resolve(answer);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#settle?.reject(new Error('The connection was closed.'));
    });
    return socket;
  }
}
