/** Ends a request with a page that says what is wrong. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: number;
  readonly title: string;
  /** The methods that would do, of a 405. */
  readonly allow: string | undefined;

  constructor(status: number, title: string, message: string, allow?: string) {
    super(message);
    this.status = status;
    this.title = title;
    this.allow = allow;
  }
}
