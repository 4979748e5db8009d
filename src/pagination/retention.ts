import { gatewayError } from '../errors/gateway-error.ts';
import { TwilioError } from '../twilio/errors.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Bounds on the date a message was sent, both inclusive, in milliseconds. */
export interface DateRange {
  readonly since: number | null;
  readonly until: number | null;
}

/** The range to request from Twilio, so that it returns every retained message of a caller's range. */
export interface RetainedRange extends DateRange {
  /** Whether the caller's range begins before the retention window, so that messages may be missing. */
  readonly truncated: boolean;
}

/**
 * Twilio's retention of an account's messages: 400 days, but as few as 7 for some accounts, which the gateway learns
 * from Twilio's errors.
 */
export interface Retention {
  days: number;
  /** Whether Twilio rejected a range without a lower bound, so that every range needs one. */
  openRangeRejected?: boolean;
}

/** Returns the first GMT day that is completely retained. */
export function earliestDay(retention: Retention, now: number): number {
  return Math.ceil((now - retention.days * DAY_MS) / DAY_MS) * DAY_MS;
}

/**
 * Cuts a range to the retention window. Twilio rejects a bound before it, so bounds are rounded up by one to two
 * minutes: they stay inside the window while the request is in flight, and the request stays the same for a minute.
 * The caller then tests each message against the original range.
 *
 * A range without a lower bound stays open: Twilio returns everything it retains, and nothing is missing.
 *
 * @throws {MESSAGE_HISTORY_LIMIT} when the whole range is before the window
 */
export function cutToRetention(range: DateRange, retention: Retention, now: number): RetainedRange {
  const { since, until } = range;
  if (since === null && until === null) return { since, until, truncated: false };
  const start = now - retention.days * DAY_MS;
  if (until !== null && until < start) {
    const day = new Date(earliestDay(retention, now)).toISOString().slice(0, 10);
    throw gatewayError('MESSAGE_HISTORY_LIMIT', retention.days, day);
  }
  const earliest = Math.ceil((start + MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  const end = until === null ? null : Math.max(until, earliest);
  if (since === null && !retention.openRangeRejected) return { since, until: end, truncated: false };
  return {
    since: Math.max(since ?? earliest, earliest),
    until: end,
    truncated: since === null || since < earliest,
  };
}

const HOUR_MS = 60 * MINUTE_MS;

/**
 * Whether a range of creation, which Twilio does not filter by, begins before the retention window. "The last 400 days" does
 * not, although some time passes until it is read, page by page.
 */
export const beginsBeforeRetention = ({ since }: DateRange, retention: Retention, now: number): boolean =>
  since !== null && since < now - retention.days * DAY_MS - HOUR_MS;

/**
 * Learns the retention from Twilio's error for a date range. Its code 20004 is officially "Method not allowed"; only
 * the message mentions retention and the account's number of days.
 *
 * @param triedDays the retention to which the rejected range was cut; concurrent reads may all fail with the same one
 * @param open whether the rejected range had no lower bound
 * @returns whether a retry with the shorter window may succeed
 */
export function learnRetention(
  retention: Retention,
  error: unknown,
  triedDays: number,
  open = false,
): boolean {
  if (!(error instanceof TwilioError) || error.code !== 20004) return false;
  const days = Number(/retention window of (\d+) days/i.exec(error.message)?.[1]);
  if (!Number.isInteger(days) || days < 1) return false;
  if (days < retention.days) retention.days = days;
  if (retention.days < triedDays) return true;
  if (open) {
    // The upper bound is inside the window, so Twilio rejected the missing lower bound.
    retention.openRangeRejected = true;
    return true;
  }
  // With the same number of days, Twilio's window must begin later in the day than ours.
  if (retention.days === 1) return false;
  retention.days -= 1;
  return true;
}
