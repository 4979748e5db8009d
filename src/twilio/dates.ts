/** RFC 2822, with or without its day of the week, or ISO 8601. */
const DATE_FORMS = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} |^\d{4}-\d\d-\d\d/;

/** Reads Twilio's RFC 2822 dates (`Fri, 24 May 2019 17:44:50 +0000`); null for null and for anything else. */
export function parseTwilioDate(value: unknown): Date | null {
  // Date itself takes nearly any text with a number in it for a date.
  if (typeof value !== 'string' || !DATE_FORMS.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * Writes an instant for a `DateSent` bound, as Twilio's own SDKs do: UTC, whole seconds. A date alone as
 * upper bound would mean midnight at the *start* of that day. What lies beyond the year 9999, which an offset or a
 * fraction of its last second does, is written with six digits by JavaScript and refused by Twilio.
 */
export function formatTwilioDate(date: Date): string {
  return `${new Date(Math.min(date.getTime(), LAST_SECOND)).toISOString().slice(0, 19)}Z`;
}

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59);

const MONTHS: Readonly<Record<string, string>> = {
  Jan: '01',
  Feb: '02',
  Mar: '03',
  Apr: '04',
  May: '05',
  Jun: '06',
  Jul: '07',
  Aug: '08',
  Sep: '09',
  Oct: '10',
  Nov: '11',
  Dec: '12',
};

/**
 * Writes Twilio's date as RFC 3339; null for null and for anything else. In the form Twilio always uses, the
 * text is rearranged and no Date is made: a page of a thousand messages has three thousand of them.
 *
 * @example
 * toIsoDate('Fri, 24 May 2019 17:44:50 +0000'); // '2019-05-24T17:44:50.000Z'
 */
export function toIsoDate(value: unknown): string | null {
  if (typeof value === 'string' && value.length === 31 && value.endsWith(' +0000')) {
    const month = MONTHS[value.slice(8, 11)];
    const text = `${value.slice(12, 16)}-${month}-${value.slice(5, 7)}T${value.slice(17, 25)}.000Z`;
    if (month && ISO_DATE.test(text)) return text;
  }
  return parseTwilioDate(value)?.toISOString() ?? null;
}

const ISO_DATE = /^\d{4}-\d\d-[0-3]\d[T][0-2]\d:[0-5]\d:[0-5]\d\.000Z$/;
