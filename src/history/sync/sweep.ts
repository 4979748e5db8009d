import type { CompleteRange } from '../history-store.ts';

/** The fields of a message that a sweep needs. */
export interface SweptItem {
  readonly sid: string;
  /** When it was sent, in milliseconds; null while it is not. */
  readonly sentAt: number | null;
}

/**
 * How far a list was read, as plain data: saved with each page, so that another gateway continues after a crash.
 *
 * A page proves which messages do not exist only between its own: `until` is where the unproven part begins, and `open`
 * has the SIDs that were seen in it.
 */
export interface Sweep {
  /** The name of the next page; null for the first. */
  readonly next: { readonly page: string; readonly pageToken: string } | null;
  readonly pages: number;
  /** When the first page was requested, in milliseconds. */
  readonly startedAt: number;
  readonly until: number | null;
  readonly open: readonly string[];
  /** The sent date of the last message, in milliseconds. */
  readonly lastAt: number | null;
  /** Whether a message was newer than one before it: then only the whole list proves what does not exist. */
  readonly isDisordered: boolean;
}

/** More SIDs than this are not saved: after a crash the list is read from its beginning. */
const MAX_OPEN = 1_000;

export function beginSweep(startedAt: number, until: number | null): Sweep {
  return { next: null, pages: 0, startedAt, until, open: [], lastAt: null, isDisordered: false };
}

/**
 * Adds a page of messages that were sent in a range, newest first.
 *
 * @param since where the range begins
 * @returns the sweep after it, and the part that is complete with this page, if any
 */
export function sweepSent(
  sweep: Sweep,
  items: readonly SweptItem[],
  next: Sweep['next'],
  since: number | null,
): { sweep: Sweep; complete?: CompleteRange } {
  const times = items.flatMap(({ sentAt }) => (sentAt === null ? [] : [sentAt]));
  const isDisordered =
    sweep.isDisordered || times.some((time, index) => time > (times[index - 1] ?? sweep.lastAt ?? time));
  const lowest = times.at(-1) ?? sweep.lastAt;
  const open = [...sweep.open, ...items.map(({ sid }) => sid)];
  const after = { ...sweep, next, pages: sweep.pages + 1, isDisordered, open, lastAt: lowest };
  const range = { of: 'sent' as const, sids: open, readAt: new Date(sweep.startedAt) };
  const until = dateOf(sweep.until);
  if (next === null) return { sweep: after, complete: { ...range, since: dateOf(since), until } };
  if (isDisordered || lowest === null || (sweep.until !== null && lowest >= sweep.until)) {
    return { sweep: after };
  }
  // The next page may begin with messages of the same second.
  const sameSecond = items.filter(({ sentAt }) => sentAt === lowest).map(({ sid }) => sid);
  return {
    sweep: { ...after, until: lowest, open: sameSecond },
    complete: { ...range, since: new Date(lowest + 1_000), until },
  };
}

/** Adds a page of the newest messages, which proves nothing. */
export function sweepHead(sweep: Sweep, next: Sweep['next']): { sweep: Sweep } {
  return { sweep: { ...sweep, next, pages: sweep.pages + 1 } };
}

/** Null where the list must be read from its beginning. */
export function encodeSweep(sweep: Sweep): string | null {
  return sweep.open.length > MAX_OPEN ? null : JSON.stringify(sweep);
}

/** Null for a position of another version. */
export function decodeSweep(position: string | null): Sweep | null {
  if (position === null) return null;
  try {
    const sweep = JSON.parse(position) as Sweep;
    return Array.isArray(sweep.open) && typeof sweep.startedAt === 'number' ? sweep : null;
  } catch {
    return null;
  }
}

function dateOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
