/** What is known of one HTTP answer once it is whole. */
export interface Whole {
  readonly status: number;
  /** Bytes of the body, without what chunking adds. */
  readonly length: number;
}

const STATES = { head: 0, body: 1, size: 2, chunk: 3, end: 4 } as const;
type State = (typeof STATES)[keyof typeof STATES];

/**
 * Reads one HTTP/1.1 answer at a time off a connection and keeps nothing of its body: a load generator
 * that shares its core with the upstream has to be cheap.
 */
export class AnswerParser {
  #state: State = STATES.head;
  #head = '';
  #left = 0;
  #status = 0;
  #length = 0;

  /** Feeds bytes; answers what came in whole, or undefined while it is not. */
  push(bytes: Buffer): Whole | undefined {
    let at = 0;
    while (at < bytes.length || this.#state === STATES.end) {
      if (this.#state === STATES.body || this.#state === STATES.chunk) {
        const taken = Math.min(this.#left, bytes.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left > 0) return undefined;
        if (this.#state === STATES.body) return this.#whole();
        this.#state = STATES.size;
      } else if (this.#state === STATES.end) {
        return this.#whole();
      } else {
        at = this.#state === STATES.head ? this.#readHead(bytes, at) : this.#readSize(bytes, at);
      }
    }
    return undefined;
  }

  #whole(): Whole {
    const whole = { status: this.#status, length: this.#length };
    this.#state = STATES.head;
    this.#head = '';
    return whole;
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

  /** A line with a chunk's size; the line break behind the chunk before it counts as an empty line. */
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
      // Behind the last chunk comes one more line break; `#left` counts it down as if it were a body.
      if (this.#left === 0) {
        this.#left = 2;
        this.#state = STATES.body;
      } else this.#state = STATES.chunk;
    }
    return newline + 1;
  }
}
