import { connect, type Socket } from 'node:net';
import { AnswerParser, type Whole } from './answer-parser.ts';

/** One kept-alive connection that asks, waits for the whole answer, and asks again. */
export class Connection {
  readonly #port: number;
  readonly #parser = new AnswerParser();
  #socket: Socket | undefined;
  #settle: { resolve: (whole: Whole) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws when the connection breaks before the answer is whole; the next call opens another */
  ask(request: string): Promise<Whole> {
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
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes: Buffer) => {
      const whole = this.#parser.push(bytes);
      if (whole) this.#settle?.resolve(whole);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#settle?.reject(new Error('The connection was closed.'));
    });
    return socket;
  }
}
