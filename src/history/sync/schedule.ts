import { createHash } from 'node:crypto';
import { DAY_MS } from '../../pagination/retention.ts';
import type { HistorySlice } from '../history-store.ts';
import { kindOf } from './plan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The slice `recent` reaches back this long. */
export const RECENT_MS = 3 * DAY_MS;
/** Slices of days that ended in this time are read every day. */
const DAILY_MS = 7 * DAY_MS;
const SLOW_MS = 30 * DAY_MS;

const LONGEST_BACKOFF_MS = 15 * MINUTE_MS;

/**
 * When a slice is read again. A message changes for hours, rarely for days, and is redacted or deleted at any time. What
 * costs many calls is read less often.
 *
 * @param pages how many pages the last read had
 */
export function nextDue(slice: HistorySlice, now: number, pages: number): Date {
  return new Date(now + intervalOf(slice, now, pages));
}

function intervalOf(slice: HistorySlice, now: number, pages: number): number {
  switch (kindOf(slice)) {
    case 'head':
      return 2 * MINUTE_MS;
    case 'recent':
      return 5 * MINUTE_MS + pages * 3_000;
    case 'undated':
      // At most a hundred calls a day, however long the list is.
      return Math.min(SLOW_MS, Math.max(HOUR_MS, pages * 15 * MINUTE_MS));
    case 'days':
      // Slices that were first read together must not be due together.
      return (slice.until?.getTime() ?? 0) >= now - DAILY_MS
        ? DAY_MS
        : SLOW_MS * (0.8 + 0.2 * shareOf(slice));
  }
}

/** A number from 0 to 1 that depends on the slice alone. */
function shareOf({ accountSid, key }: HistorySlice): number {
  return createHash('sha256').update(`${accountSid} ${key}`).digest().readUInt32BE() / 2 ** 32;
}

/**
 * How long to wait after a failure, in milliseconds: 5 s, 10 s, 20 s, … up to 15 minutes, and at least as long as Twilio
 * says.
 *
 * @param failures in a row, this one included
 * @param lasting whether only a person can remove the cause
 * @param random 0 to 1, so that gateways do not try again together
 */
export function backoffMs(
  failures: number,
  { retryAfter, lasting }: { readonly retryAfter: number | null; readonly lasting: boolean },
  random: number,
): number {
  if (lasting) return LONGEST_BACKOFF_MS;
  const wait = Math.min(LONGEST_BACKOFF_MS, 5_000 * 2 ** Math.min(failures - 1, 20));
  return Math.max(wait * (0.75 + 0.25 * random), 1000 * Math.min(retryAfter ?? 0, 3_600));
}
