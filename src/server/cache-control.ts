/**
 * How old an answer will do where Twilio cannot be asked, in milliseconds: `stale-if-error=<seconds>` in a
 * request's `Cache-Control`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function staleIfErrorMs(cacheControl: string | null): number {
  if (cacheControl === null) return 0;
  return 1000 * Number(/\bstale-if-error="?(\d{1,9})\b/i.exec(cacheControl)?.[1] ?? 0);
}
