/** What a request's `Cache-Control` asks for. */
export interface CacheControl {
  /** `no-cache`: everything is read anew. */
  readonly fresh: boolean;
  /** `stale-if-error=<seconds>`: so old an answer will do where Twilio cannot be asked, in milliseconds. */
  readonly staleIfErrorMs: number;
}

/** @see https://www.rfc-editor.org/rfc/rfc5861#section-4 */
export function readCacheControl(header: string): CacheControl {
  const seconds = /\bstale-if-error="?(\d{1,9})\b/i.exec(header)?.[1] ?? 0;
  return { fresh: /\bno-cache\b/i.test(header), staleIfErrorMs: Number(seconds) * 1000 };
}
