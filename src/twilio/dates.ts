/** RFC 2822, with or without its day of the week, or ISO 8601. */
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?(?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>[1-9]\d{3}) /;
const ISO_8601 = /^(?<year>[1-9]\d{3})-(?<month>\d\d)-(?<day>\d\d)/;

/** Reads Twilio's RFC 2822 dates (`Fri, 24 May 2019 17:44:50 +0000`); null for null and for anything else. */
export function parseTwilioDate(value: unknown): Date | null {
  // Date itself takes nearly any text with a number in it for a date.
  if (typeof value !== 'string' || value.length > 64) return null;
  const { year = '', month = '', day = '' } = (RFC_2822.exec(value) ?? ISO_8601.exec(value))?.groups ?? {};
  if (!isDay(year, MONTHS[month] ?? month, day)) return null;
  const date = new Date(value);
  // Also null for what Date cannot read, and where an offset leads out of the years that RFC 3339 can write.
  return date.getTime() < LAST_SECOND + 1000 ? date : null;
}

/** Date itself turns the 31st of February into the 3rd of March. */
function isDay(year: string, month: string, day: string): boolean {
  const number = Number(day);
  if (number <= 28) return number >= 1;
  return number <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
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

/** Up to the 28th: whether a month has more days is left to {@link parseTwilioDate}. */
const ISO_DATE = /^[1-9]\d{3}-\d\d-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.000Z$/;
