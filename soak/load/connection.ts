import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One kept-alive connection that sends one request at a time. Cheaper than a client library: the load must not be what is measured. */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Where the answer ends; -1 until its head is there. */
  #end = -1;
  #bodyAt = 0;
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws when the connection breaks before the answer is whole; the next call opens another */
  ask(request: string): Promise<Answer> {
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
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#reset();
      this.#settle?.reject(new Error('The connection was closed.'));
    });
    return socket;
  }

  #take(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    if (this.#end < 0) this.#readHead();
    if (this.#end < 0 || this.#size < this.#end) return;
    const whole = Buffer.concat(this.#chunks);
    const status = Number(whole.toString('latin1', 9, 12));
    const body = whole.toString('utf8', this.#bodyAt, this.#end);
    this.#reset();
    this.#settle?.resolve({ status, body });
  }

  #readHead(): void {
    const text = Buffer.concat(this.#chunks).toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.#bodyAt = end + 4;
    const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
    if (length) this.#end = this.#bodyAt + Number(length[1]);
    // In chunks, as the first answers to a query come: those are only for warming up.
    else if (text.endsWith('0\r\n\r\n')) this.#end = this.#size;
  }

  #reset(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#end = -1;
  }
}
