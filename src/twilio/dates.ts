/** RFC 2822 with or without the day of the week. */
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?(?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>[1-9]\d{3}) /;
const ISO_8601 = /^(?<year>[1-9]\d{3})-(?<month>\d\d)-(?<day>\d\d)/;

/** Reads Twilio's RFC 2822 dates (`Fri, 24 May 2019 17:44:50 +0000`); null for null and for anything else. */
export function parseTwilioDate(value: unknown): Date | null {
  // Date accepts nearly any text that contains a number.
  if (typeof value !== 'string' || value.length > 64) return null;
  const { year = '', month = '', day = '' } = (RFC_2822.exec(value) ?? ISO_8601.exec(value))?.groups ?? {};
  if (!isDay(year, MONTHS[month] ?? month, day)) return null;
  const date = new Date(value);
  // Also null for an invalid Date, and where an offset leads beyond the years of RFC 3339.
  return date.getTime() < LAST_SECOND + 1000 ? date : null;
}

/** Checks the day, because Date turns the 31st of February into the 3rd of March. */
function isDay(year: string, month: string, day: string): boolean {
  const number = Number(day);
  if (number <= 28) return number >= 1;
  return number <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/**
 * Formats an instant for a `DateSent` bound, as Twilio's own SDKs do: UTC, whole seconds. A date without a time as the
 * upper bound would mean midnight at the *start* of that day. Instants are limited to the year 9999, because JavaScript
 * writes later years with six digits, which Twilio rejects.
 */
export function formatTwilioDate(date: Date): string {
  return `${new Date(Math.min(date.getTime(), LAST_SECOND)).toISOString().slice(0, 19)}Z`;
}

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59);

const MONTHS: Readonly<Record<string, string | undefined>> = {
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
 * Converts Twilio's date to RFC 3339; null for null and for anything else. Dates in Twilio's usual form are converted as
 * text, without a Date object: a page of a thousand messages has three thousand of them.
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

/** Days up to the 28th; {@link parseTwilioDate} handles later days, which not every month has. */
const ISO_DATE = /^[1-9]\d{3}-\d\d-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.000Z$/;
