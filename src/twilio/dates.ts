/** Reads Twilio's RFC 2822 dates (`Fri, 24 May 2019 17:44:50 +0000`); null for null and for anything else. */
export function parseTwilioDate(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * Writes an instant for a `DateSent` bound, as Twilio's own SDKs do: UTC, whole seconds. A date alone as
 * upper bound would mean midnight at the *start* of that day.
 */
export function formatTwilioDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
