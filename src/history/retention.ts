import { MessageHistoryLimitError } from '../errors/input.ts';
import { TwilioError } from '../twilio-error.ts';

const DAY_MS = 86_400_000;

/** Bounds on the date a message was sent, both inclusive, in milliseconds. */
export interface DateRange {
  readonly since: number | null;
  readonly until: number | null;
}

/**
 * How long Twilio keeps this account's messages. Twilio's own bound is 400 days, but an account may be set
 * to as few as 7, which only Twilio's refusal tells.
 */
export interface Retention {
  days: number;
}

/** The first whole GMT day inside the window: it stays the same while a caller pages through a list. */
export function earliestDay(retention: Retention, now: number): number {
  return Math.ceil((now - retention.days * DAY_MS) / DAY_MS) * DAY_MS;
}

/**
 * Cuts a range to what is kept. Twilio answers a range that reaches back further, even partly, with an error;
 * so a range without a beginning gets one too.
 *
 * @throws {MessageHistoryLimitError} when the whole range lies before the window
 */
export function cutToRetention(
  range: DateRange,
  retention: Retention,
  now: number,
): DateRange & { truncated: boolean } {
  if (range.since === null && range.until === null) return { ...range, truncated: false };
  const earliest = earliestDay(retention, now);
  if (range.until !== null && range.until < earliest) {
    throw new MessageHistoryLimitError(retention.days, new Date(earliest).toISOString().slice(0, 10));
  }
  const truncated = range.since !== null && range.since < earliest;
  return { since: Math.max(range.since ?? earliest, earliest), until: range.until, truncated };
}

/**
 * Learns from Twilio's refusal of a date range. In the public dictionary 20004 is "Method not allowed"; only
 * the text tells that retention is meant, and how many days the account has.
 *
 * @param askedWith the days the refused range was cut to; reads side by side are refused for the same one
 * @returns whether asking again with the shorter window may help
 */
export function learnRetention(retention: Retention, error: unknown, askedWith: number): boolean {
  if (!(error instanceof TwilioError) || error.code !== 20004) return false;
  const days = Number(/retention window of (\d+) days/i.exec(error.message)?.[1]);
  if (!Number.isInteger(days) || days < 1) return false;
  if (days < retention.days) retention.days = days;
  if (retention.days < askedWith) return true;
  // The same number again means that Twilio draws the line later in the day than we did.
  if (retention.days === 1) return false;
  retention.days -= 1;
  return true;
}
