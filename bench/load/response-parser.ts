/** A complete HTTP response. */
export interface ParsedResponse {
  readonly status: number;
  /** Bytes of the body, without chunk framing. */
  readonly length: number;
  /** The body; empty unless the parser keeps it. */
  readonly body: string;
}

const STATES = { head: 0, body: 1, size: 2, chunk: 3, end: 4, lastLine: 5 } as const;
type State = (typeof STATES)[keyof typeof STATES];

/**
 * Parses HTTP/1.1 responses on a connection, one at a time. By default it discards bodies, because the load generator
 * shares its core with the upstream and must be cheap.
 */
export class ResponseParser {
  readonly #keepBody: boolean;
  #state: State = STATES.head;
  #head = '';
  #left = 0;
  #status = 0;
  #length = 0;
  #body: Buffer[] = [];

  constructor({ keepBody = false } = {}) {
    this.#keepBody = keepBody;
  }

  /** Feeds bytes. Returns a response once it is complete. */
  push(bytes: Buffer): ParsedResponse | undefined {
    let at = 0;
    while (at < bytes.length || this.#state === STATES.end) {
      if (this.#state === STATES.end) return this.#complete();
      if (this.#state === STATES.head) {
        at = this.#readHead(bytes, at);
      } else if (this.#state === STATES.size) {
        at = this.#readSize(bytes, at);
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        if (this.#keepBody && this.#state !== STATES.lastLine)
          this.#body.push(bytes.subarray(at, at + taken));
        at += taken;
        this.#left -= taken;
        if (this.#left > 0) return undefined;
        if (this.#state !== STATES.chunk) return this.#complete();
        this.#state = STATES.size;
      }
    }
    return undefined;
  }

  #complete(): ParsedResponse {
    const body = this.#keepBody ? Buffer.concat(this.#body).toString() : '';
    const response = { status: this.#status, length: this.#length, body };
    this.#state = STATES.head;
    this.#head = '';
    this.#body = [];
    return response;
  }

  #readHead(bytes: Buffer, at: number): number {
    const text = this.#head + bytes.toString('latin1', at, at + 4096);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      const read = text.length - this.#head.length;
      this.#head = text;
      return at + read;
    }
    const next = at + end + 4 - this.#head.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
    this.#head = '';
    this.#status = Number(text.slice(9, 12));
    this.#length = length ? Number(length[1]) : 0;
    this.#left = this.#length;
    this.#state = !length ? STATES.size : this.#left === 0 ? STATES.end : STATES.body;
    return next;
  }

  /** Reads a line with a chunk's size. The line break after the previous chunk counts as an empty line. */
  #readSize(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(10, at);
    if (newline < 0) {
      this.#head += bytes.toString('latin1', at);
      return bytes.length;
    }
    const line = (this.#head + bytes.toString('latin1', at, newline)).trim();
    this.#head = '';
    if (line !== '') {
      this.#left = Number.parseInt(line, 16);
      this.#length += this.#left;
      if (this.#left > 0) this.#state = STATES.chunk;
      else {
        // A line break of two bytes follows the last chunk.
        this.#left = 2;
        this.#state = STATES.lastLine;
      }
    }
    return newline + 1;
  }
}
