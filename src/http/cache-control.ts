/** The directives of a request's `Cache-Control` that the gateway honours. */
export interface CacheControl {
  /** Nothing cached will do. */
  readonly noCache: boolean;
  /** How old a cached response may be where Twilio cannot be reached, in milliseconds. */
  readonly staleIfErrorMs: number;
}

const NONE: CacheControl = { noCache: false, staleIfErrorMs: 0 };

/**
 * Reads `no-cache` and `stale-if-error=<seconds>`; ignores all other directives.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function parseCacheControl(header: string | null | undefined): CacheControl {
  if (header == null) return NONE;
  const seconds = /\bstale-if-error="?(\d{1,9})\b/i.exec(header)?.[1] ?? 0;
  return { noCache: /\bno-cache\b/i.test(header), staleIfErrorMs: 1000 * Number(seconds) };
}
