import type { IncomingHttpHeaders } from 'node:http';

/**
 * A Response whose body is complete, for the responses that matter in number: no stream, and headers made only when
 * they are read. It is as much of a Response as ky needs, which tells one by its tag.
 *
 * Its body can be read once and is dropped with that. ky assigns functions to the promise of each response (`.json()`
 * and its like); V8 allocates functions that are assigned to properties in the old space, so all they reach, the body
 * too, would otherwise stay until the next full collection.
 */
export class CompleteResponse {
  readonly ok = true;
  readonly type = 'basic';
  readonly redirected = false;
  /** Nothing to cancel and nothing to stream. */
  readonly body = null;
  readonly status: number;
  #text: string | null;
  readonly #fields: IncomingHttpHeaders;

  constructor(status: number, text: string, fields: IncomingHttpHeaders) {
    this.status = status;
    this.#text = text;
    this.#fields = fields;
  }

  get headers(): Headers {
    return toHeaders(this.#fields);
  }

  get bodyUsed(): boolean {
    return this.#text === null;
  }

  async text(): Promise<string> {
    const text = this.#text;
    if (text === null) throw new TypeError('Body is unusable: Body has already been read');
    this.#text = null;
    return text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  get [Symbol.toStringTag](): 'Response' {
    return 'Response';
  }
}

export function toHeaders(fields: IncomingHttpHeaders): Headers {
  return new Headers(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
