/**
 * A Response whose body is complete already, for the answers that matter in number: no stream, and headers
 * made only when asked for. It is as much of a Response as ky needs, which tells one by its tag.
 */
export class CompleteResponse {
  readonly ok = true;
  readonly type = 'basic';
  readonly redirected = false;
  readonly bodyUsed = false;
  /** Nothing to cancel and nothing to stream. */
  readonly body = null;
  readonly status: number;
  readonly #text: string;
  readonly #headers: () => Headers;

  constructor(status: number, text: string, headers: () => Headers) {
    this.status = status;
    this.#text = text;
    this.#headers = headers;
  }

  get headers(): Headers {
    return this.#headers();
  }

  async text(): Promise<string> {
    return this.#text;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.#text);
  }

  clone(): CompleteResponse {
    return new CompleteResponse(this.status, this.#text, this.#headers);
  }

  get [Symbol.toStringTag](): 'Response' {
    return 'Response';
  }
}
