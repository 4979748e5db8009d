import { MessageHistoryLimitError } from '../errors/input.ts';
import { TwilioError } from '../twilio-error.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Bounds on the date a message was sent, both inclusive, in milliseconds. */
export interface DateRange {
  readonly since: number | null;
  readonly until: number | null;
}

/** What to ask Twilio for, so that it returns every kept message of a range. */
export interface RetainedRange extends DateRange {
  /** Messages of the asked range may be missing: it begins before what Twilio keeps. */
  readonly truncated: boolean;
}

/**
 * How long Twilio keeps this account's messages. Twilio's own limit is 400 days, but an account may be set
 * to as few as 7, which only Twilio's refusal tells.
 */
export interface Retention {
  days: number;
  /** Twilio refused a range without a beginning, so every range gets one. */
  openRangeRefused?: boolean;
}

/** The first GMT day that is kept whole. */
export function earliestDay(retention: Retention, now: number): number {
  return Math.ceil((now - retention.days * DAY_MS) / DAY_MS) * DAY_MS;
}

/**
 * Cuts a range to what Twilio keeps. Twilio rejects a range with a bound before that, so no bound is sent
 * that would leave the window while the request is under way: bounds are moved to the minute after the next,
 * which also gives the same request for a minute. The caller compares each message with the asked range.
 *
 * A range without a beginning stays without one: then Twilio returns all it keeps, and nothing is missing.
 *
 * @throws {MessageHistoryLimitError} when the whole range lies before the window
 */
export function cutToRetention(range: DateRange, retention: Retention, now: number): RetainedRange {
  const { since, until } = range;
  if (since === null && until === null) return { since, until, truncated: false };
  const start = now - retention.days * DAY_MS;
  if (until !== null && until < start) {
    const day = new Date(earliestDay(retention, now)).toISOString().slice(0, 10);
    throw new MessageHistoryLimitError(retention.days, day);
  }
  const earliest = Math.ceil((start + MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  const end = until === null ? null : Math.max(until, earliest);
  if (since === null && !retention.openRangeRefused) return { since, until: end, truncated: false };
  return {
    since: Math.max(since ?? earliest, earliest),
    until: end,
    truncated: since === null || since < earliest,
  };
}

/**
 * Learns from Twilio's refusal of a date range. In the public dictionary 20004 is "Method not allowed"; only
 * the text tells that retention is meant, and how many days the account has.
 *
 * @param askedWith the days the refused range was cut to; reads side by side are refused for the same one
 * @param open whether the refused range had no beginning
 * @returns whether asking again with the shorter window may help
 */
export function learnRetention(
  retention: Retention,
  error: unknown,
  askedWith: number,
  open = false,
): boolean {
  if (!(error instanceof TwilioError) || error.code !== 20004) return false;
  const days = Number(/retention window of (\d+) days/i.exec(error.message)?.[1]);
  if (!Number.isInteger(days) || days < 1) return false;
  if (days < retention.days) retention.days = days;
  if (retention.days < askedWith) return true;
  if (open) {
    // Its end lies inside the window, so Twilio objects to the missing beginning.
    retention.openRangeRefused = true;
    return true;
  }
  // The same number again means that Twilio draws the line later in the day than we did.
  if (retention.days === 1) return false;
  retention.days -= 1;
  return true;
}
