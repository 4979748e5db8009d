/** An error response of Twilio. */
export class TwilioError extends Error {
  override name = 'TwilioError';
  readonly status: number;
  readonly code: number;
  /** Further keys of the body, such as throttled_until. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: number, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.status,
      ...this.extra,
    };
  }
}

export const notFound = (path: string) =>
  new TwilioError(404, 20404, `The requested resource ${path} was not found`);
export const badParameter = (message: string) => new TwilioError(400, 20001, message);
export const unauthorized = (message = 'Authenticate') => new TwilioError(401, 20003, message);
export const tooManyRequests = () => new TwilioError(429, 20429, 'Too Many Requests');
