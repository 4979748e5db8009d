/** The periods that usage is shown for; whole days in GMT, as Twilio counts it. */
export const USAGE_PERIODS = ['this-month', 'last-month', 'last-7-days', 'last-30-days', 'all-time'] as const;
export type UsagePeriod = (typeof USAGE_PERIODS)[number];

export const PERIOD_NAMES: Readonly<Record<UsagePeriod, string>> = {
  'this-month': 'This month',
  'last-month': 'Last month',
  'last-7-days': 'Last 7 days',
  'last-30-days': 'Last 30 days',
  'all-time': 'All time',
};

/** @returns the default for anything else, as in a URL that was edited by hand */
export const readPeriod = (text: string | null): UsagePeriod =>
  USAGE_PERIODS.find((period) => period === text) ?? 'this-month';

/** The first and last day of a period, both included. */
export function daysOf(
  period: UsagePeriod,
  now: number,
): { readonly since: string | null; readonly until: string | null } {
  const today = new Date(now);
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const day = (...parts: readonly [number, number, number]) =>
    new Date(Date.UTC(...parts)).toISOString().slice(0, 10);
  switch (period) {
    case 'this-month':
      return { since: day(year, month, 1), until: day(year, month, date) };
    case 'last-month':
      return { since: day(year, month - 1, 1), until: day(year, month, 0) };
    case 'last-7-days':
      return { since: day(year, month, date - 6), until: day(year, month, date) };
    case 'last-30-days':
      return { since: day(year, month, date - 29), until: day(year, month, date) };
    case 'all-time':
      return { since: null, until: null };
  }
}
