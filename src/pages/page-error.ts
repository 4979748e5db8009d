/** Ends a request with an error page. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: number;
  readonly title: string;
  /** The allowed methods, for status 405. */
  readonly allow: string | undefined;

  constructor(status: number, title: string, message: string, allow?: string) {
    super(message);
    this.status = status;
    this.title = title;
    this.allow = allow;
  }
}
