import { type AnswerReader, Connection as AnyConnection } from '../../bench/load/connection.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The benchmark's connection, with the bodies of its answers, which are judged here. */
export class Connection extends AnyConnection<Answer> {
  constructor(port: number) {
    super(port, () => new WholeAnswers());
  }
}

class WholeAnswers implements AnswerReader<Answer> {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Where the answer ends; -1 until its head is there. */
  #end = -1;
  #bodyAt = 0;

  push(bytes: Buffer): Answer | undefined {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    if (this.#end < 0) this.#readHead();
    if (this.#end < 0 || this.#size < this.#end) return undefined;
    const whole = Buffer.concat(this.#chunks);
    const status = Number(whole.toString('latin1', 9, 12));
    const body = whole.toString('utf8', this.#bodyAt, this.#end);
    this.#chunks = [];
    this.#size = 0;
    this.#end = -1;
    return { status, body };
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
}
