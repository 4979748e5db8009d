const DAY_MS = 86_400_000;
const ZONES: Readonly<Record<string, number>> = {
  GMT: 0,
  UTC: 0,
  UT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const TIME = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?`;
const ZONE = String.raw`\s*([A-Z]{1,3}|[+-]\d{2}:?\d{2})?`;
const ISO = new RegExp(`^(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:[T ]${TIME}${ZONE})?)?)?$`);
const AMERICAN = new RegExp(`^(\\d{2})/(\\d{2})/(\\d{4})(?: ${TIME}${ZONE})?$`);
const RFC2822 = new RegExp(`^(?:[A-Z][a-z]{2}, )?(\\d{1,2}) ([A-Z][a-z]{2}) (\\d{4}) ${TIME}${ZONE}$`);

/** Formats seconds since 1970 as `Fri, 24 May 2019 17:44:50 +0000`, the only date format of the 2010-04-01 API. */
export function rfc2822(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}

export interface FilterDate {
  /** Milliseconds since 1970; a date without a time is its midnight in GMT. */
  ms: number;
  hasTime: boolean;
}

/** Parses the date formats that Twilio is known to accept in a filter; returns null for others. */
export function parseFilterDate(text: string): FilterDate | null {
  const iso = ISO.exec(text);
  if (iso) return build(iso[1], iso[2] ?? '01', iso[3] ?? '01', iso.slice(4));
  const american = AMERICAN.exec(text);
  if (american) return build(american[3], american[1], american[2], american.slice(4));
  const mail = RFC2822.exec(text);
  if (!mail) return null;
  const month = MONTHS.indexOf((mail[2] ?? '').toLowerCase());
  if (month < 0 || month % 3 !== 0) return null;
  return build(mail[3], String(month / 3 + 1), mail[1], mail.slice(4));
}

/** Returns the first millisecond of the GMT day that contains `ms`. */
export function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Returns the last millisecond of the GMT day that contains `ms`. */
export function endOfDay(ms: number): number {
  return startOfDay(ms) + DAY_MS - 1;
}

function build(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second, zone]: (string | undefined)[],
): FilterDate | null {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Date.UTC turns 31 February into a day in March, so a changed month means an invalid date.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  if (hour === undefined) return { ms: date.getTime(), hasTime: false };
  const offset = zoneMinutes(zone);
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (offset === null || h > 23 || m > 59 || s > 59) return null;
  return { ms: date.getTime() + ((h * 60 + m - offset) * 60 + s) * 1000, hasTime: true };
}

function zoneMinutes(zone: string | undefined): number | null {
  if (zone === undefined) return 0;
  const named = Object.hasOwn(ZONES, zone) ? ZONES[zone] : undefined;
  if (named !== undefined) return named * 60;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!match) return null;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
