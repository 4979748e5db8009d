import { endOfDay, parseFilterDate, startOfDay } from './dates.ts';
import { badParameter, TwilioError } from './errors.ts';
import type { History, Place } from './history.ts';
import type { KeysetList } from './keyset.ts';
import type { SandboxSwitches } from './switches.ts';
import { firstIndex } from './timeline.ts';

const DAY_MS = 86_400_000;

/** Inclusive bounds in milliseconds. */
export interface DateRange {
  from: number;
  to: number;
}

/**
 * Reads `name`, `name<` and `name>`. A raw `DateSent>=2024-01-01` arrives as the name `DateSent>`, which
 * is why both bounds are inclusive. Answers null without any of the three.
 */
export function readDateRange(
  name: string,
  query: URLSearchParams,
  nowMs: number,
  switches: SandboxSwitches,
): DateRange | null {
  const equal = read(query, name);
  const upper = read(query, `${name}<`);
  const lower = read(query, `${name}>`);
  if (!equal && !upper && !lower) return null;
  const exact = equal?.hasTime === true && switches.equalityWithTime === 'exact';
  const day = equal && (exact ? [equal.ms, equal.ms + 999] : [startOfDay(equal.ms), endOfDay(equal.ms)]);
  const oldest = nowMs - switches.retentionDays * DAY_MS;
  for (const bound of [day?.[0], lower?.ms, upper?.ms]) {
    if (bound !== undefined && bound < oldest) throw outsideRetention(switches.retentionDays);
  }
  const open = day === undefined && lower === undefined;
  if (open && switches.openDateRange === 'refuse') throw outsideRetention(switches.retentionDays);
  return {
    from: Math.max(day?.[0] ?? Number.NEGATIVE_INFINITY, lower?.ms ?? Number.NEGATIVE_INFINITY),
    to: Math.min(day?.[1] ?? Number.POSITIVE_INFINITY, upper?.ms ?? Number.POSITIVE_INFINITY),
  };
}

export interface MessageFilter {
  to: string | null;
  from: string | null;
  sent: DateRange | null;
}

/** An account's messages that match a filter, in list order and lazily. */
export function messageList(
  history: History,
  filter: MessageFilter,
  nowMs: number,
  switches: SandboxSwitches,
): KeysetList<Place> {
  const now = Math.floor(nowMs / 1000);
  const newest = now - switches.staleSeconds;
  const oldest = nowMs / 1000 - switches.retentionDays * 86_400;
  const { to, from, sent } = filter;
  const first = sent ? sent.from / 1000 : Number.NEGATIVE_INFINITY;
  const last = sent ? sent.to / 1000 : Number.POSITIVE_INFINITY;

  function matches(place: Place): boolean {
    if (to !== null || from !== null) {
      const parties = history.parties(place, now);
      if ((to !== null && parties.to !== to) || (from !== null && parties.from !== from)) return false;
    }
    const created = history.createdAt(place);
    if (created > newest || created < oldest) return false;
    if (sent === null) return true;
    if (!switches.nullDateMatches && history.sentAt(place, now) === null) return false;
    const at = history.orderedAt(place, now);
    return at >= first && at <= last;
  }

  /** The list is in date order, so a walk may begin at one bound and end at the other. */
  function* walk(place: Place | undefined, forward: boolean): Generator<Place> {
    const places = forward ? history.older(skipTo(place), now) : history.newer(place, now);
    const end = Math.max(first, oldest);
    for (const next of places) {
      const at = history.orderedAt(next, now);
      if (forward ? at < end : at > last) return;
      if (matches(next)) yield next;
    }
  }

  /** Jumps to the newest row that is too new, unless the page token is behind it already. */
  function skipTo(place: Place | undefined): Place | undefined {
    if (last === Number.POSITIVE_INFINITY) return place;
    if (place !== undefined && history.orderedAt(place, now) <= last) return place;
    const count = history.rows.visible(now);
    const index = firstIndex(0, count, (i) => history.rows.orderedAt(i, now) > last);
    return index < count ? index : place;
  }

  /** With nullDateOrder, the list is two: the rows with a date_sent and those without. */
  const isNull = (place: Place) => history.sentAt(place, now) === null;
  function* grouped(place: Place | undefined, forward: boolean): Generator<Place> {
    const groups = (switches.nullDateOrder === 'first') === forward ? [true, false] : [false, true];
    const start = place === undefined ? 0 : groups.indexOf(isNull(place));
    for (const group of groups.slice(start)) {
      const from = group === groups[start] ? place : undefined;
      for (const next of walk(from, forward)) if (isNull(next) === group) yield next;
    }
  }

  const places = switches.nullDateOrder === 'created' ? walk : grouped;
  return {
    place: (sid) => history.place(sid, now),
    sidAt: history.sidAt,
    after: (place) => places(place, true),
    before: (place) => places(place, false),
  };
}

function read(query: URLSearchParams, name: string) {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const date = parseFilterDate(text);
  if (!date) throw badParameter('Invalid date value.');
  return date;
}

function outsideRetention(days: number): TwilioError {
  return new TwilioError(
    400,
    20004,
    `Date range specified in query is partially or entirely outside of retention window of ${days} days`,
  );
}
