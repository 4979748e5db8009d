import { endOfDay, parseFilterDate, startOfDay } from './dates.ts';
import { badParameter, TwilioError } from './errors.ts';
import type { Messages, Position } from './messages.ts';
import type { KeysetList } from './paging.ts';
import type { SandboxSwitches } from './switches.ts';
import { firstIndex } from './timeline.ts';

const DAY_MS = 86_400_000;

/** Inclusive bounds in milliseconds. */
export interface DateRange {
  from: number;
  to: number;
}

/**
 * Parses `name`, `name<` and `name>`; null without any of them. A raw `DateSent>=2024-01-01` arrives under
 * the name `DateSent>`, so both bounds are inclusive.
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

/** Lists an account's messages that match a filter, lazily. */
export function messageList(
  messages: Messages,
  filter: MessageFilter,
  nowMs: number,
  switches: SandboxSwitches,
): KeysetList<Position> {
  const now = Math.floor(nowMs / 1000);
  const newest = now - switches.staleSeconds;
  const oldest = nowMs / 1000 - switches.retentionDays * 86_400;
  const { to, from, sent } = filter;
  const first = sent ? sent.from / 1000 : Number.NEGATIVE_INFINITY;
  const last = sent ? sent.to / 1000 : Number.POSITIVE_INFINITY;

  function matches(position: Position): boolean {
    if (to !== null || from !== null) {
      const parties = messages.parties(position, now);
      if ((to !== null && parties.to !== to) || (from !== null && parties.from !== from)) return false;
    }
    const created = messages.createdAt(position);
    if (created > newest || created < oldest || !messages.listed(position, now)) return false;
    if (sent === null) return true;
    if (!switches.nullDateMatches && messages.sentAt(position, now) === null) return false;
    const at = messages.orderedAt(position, now);
    return at >= first && at <= last;
  }

  const addresses = [to, from].filter((address) => address !== null);
  const end = Math.max(first, oldest);

  /** The list is in date order, so a walk starts at one bound and ends at the other. */
  function* walk(position: Position | undefined, forward: boolean): Generator<Position> {
    for (const next of messages.walk(forward ? skipTo(position) : position, forward, now, addresses)) {
      const at = messages.orderedAt(next, now);
      if (forward ? at < end : at > last) return;
      if (matches(next)) yield next;
    }
  }

  /** Skips to the oldest message newer than the range, unless the page token is already past it. */
  function skipTo(position: Position | undefined): Position | undefined {
    if (last === Number.POSITIVE_INFINITY) return position;
    if (position !== undefined && messages.orderedAt(position, now) <= last) return position;
    const count = messages.generated.visible(now);
    const index = firstIndex(0, count, (i) => messages.generated.orderedAt(i, now) > last);
    return index < count ? index : position;
  }

  /** With nullDateOrder, messages with and without a date_sent form two groups. */
  const isNull = (position: Position) => messages.sentAt(position, now) === null;
  function* grouped(position: Position | undefined, forward: boolean): Generator<Position> {
    const groups = (switches.nullDateOrder === 'first') === forward ? [true, false] : [false, true];
    const start = position === undefined ? 0 : groups.indexOf(isNull(position));
    for (const group of groups.slice(start)) {
      const from = group === groups[start] ? position : undefined;
      for (const next of walk(from, forward)) if (isNull(next) === group) yield next;
    }
  }

  const positions = switches.nullDateOrder === 'created' ? walk : grouped;
  return {
    position: (sid) => messages.position(sid, now),
    sidAt: messages.sidAt,
    after: (position) => positions(position, true),
    before: (position) => positions(position, false),
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
