import { type Fragment, type FragmentChange, firstOf } from '../url/fragment.ts';
import { boundsOf, parseRange, printRange, type TimeRange } from '../url/time-range.ts';

export const STATUSES = [
  'ACCEPTED',
  'SCHEDULED',
  'CANCELED',
  'QUEUED',
  'SENDING',
  'SENT',
  'FAILED',
  'DELIVERED',
  'UNDELIVERED',
  'RECEIVING',
  'RECEIVED',
  'READ',
  'PARTIALLY_DELIVERED',
] as const;
export const OUTCOMES = ['SUCCEEDED', 'FAILED', 'PENDING', 'UNCONFIRMED', 'CANCELED'] as const;
export const DIRECTIONS = ['INBOUND', 'OUTBOUND_API', 'OUTBOUND_REPLY', 'OUTBOUND_CALL'] as const;
export const CHANNELS = ['SMS', 'MMS', 'WHATSAPP', 'RCS', 'MESSENGER', 'OTHER'] as const;

export type Status = (typeof STATUSES)[number];
export type Outcome = (typeof OUTCOMES)[number];
export type Direction = (typeof DIRECTIONS)[number];
export type Channel = (typeof CHANNELS)[number];

/** Which messages a screen shows. An empty list and null filter nothing. */
export interface Filter {
  readonly account: readonly string[];
  /** The other party, in either direction. */
  readonly with: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly service: readonly string[];
  readonly outcome: readonly Outcome[];
  readonly status: readonly Status[];
  readonly error: readonly number[];
  readonly direction: readonly Direction[];
  readonly channel: readonly Channel[];
  readonly country: readonly string[];
  readonly media: boolean | null;
  readonly text: string | null;
  readonly range: TimeRange;
}

export type FilterKey = keyof Filter;

/** The range of a screen whose URL names none. */
export const DEFAULT_RANGE: TimeRange = { kind: 'last', amount: 7, unit: 'd' };

export const NO_FILTER: Filter = {
  account: [],
  with: null,
  from: null,
  to: null,
  service: [],
  outcome: [],
  status: [],
  error: [],
  direction: [],
  channel: [],
  country: [],
  media: null,
  text: null,
  range: DEFAULT_RANGE,
};

const MAX_TEXT = 200;
const MAX_ITEMS = 50;

/** Reads the filter of a fragment. Leaves out invalid values, as in a URL that was edited by hand. */
export function readFilter(fragment: Fragment): Filter {
  const list = (key: string) => [...new Set(fragment[key] ?? [])].slice(0, MAX_ITEMS);
  const one = (key: string) => firstOf(fragment, key)?.trim().slice(0, MAX_TEXT) || null;
  const members = <T extends string>(key: string, all: readonly T[]) => {
    const named = list(key).map((value) => value.toUpperCase().replaceAll('-', '_'));
    return all.filter((value) => named.includes(value));
  };
  const media = one('media');
  return {
    account: list('account').filter((sid) => /^AC[0-9a-f]{32}$/.test(sid)),
    with: one('with'),
    from: one('from'),
    to: one('to'),
    service: list('service').filter((sid) => /^MG[0-9a-f]{32}$/.test(sid)),
    outcome: members('outcome', OUTCOMES),
    status: members('status', STATUSES),
    error: list('error')
      .filter((code) => /^\d{1,6}$/.test(code))
      .map(Number),
    direction: members('direction', DIRECTIONS),
    channel: members('channel', CHANNELS),
    country: list('country')
      .map((code) => code.toUpperCase())
      .filter((code) => /^[A-Z]{2}$/.test(code)),
    media: media === 'yes' ? true : media === 'no' ? false : null,
    text: one('text'),
    range: parseRange(firstOf(fragment, 'range') ?? '') ?? DEFAULT_RANGE,
  };
}

/** Writes changes of a filter as changes of the fragment. */
export function writeFilter(change: Partial<Filter>): FragmentChange {
  const written: Record<string, string | readonly string[] | null> = {};
  for (const [key, value] of Object.entries(change) as [FilterKey, Filter[FilterKey]][]) {
    written[key] = print(key, value);
  }
  return written;
}

function print(key: FilterKey, value: Filter[FilterKey]): string | readonly string[] | null {
  if (key === 'range') {
    const text = printRange(value as TimeRange);
    return text === printRange(DEFAULT_RANGE) ? null : text;
  }
  if (value === null || typeof value === 'string') return value as string | null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return (value as readonly (string | number)[]).map((item) =>
    ['outcome', 'status', 'direction', 'channel'].includes(key)
      ? String(item).toLowerCase().replaceAll('_', '-')
      : String(item),
  );
}

/** The conditions that are set, without the range, in the order of the tokens. */
export function conditionsOf(filter: Filter): FilterKey[] {
  return (Object.keys(NO_FILTER) as FilterKey[]).filter((key) => {
    const value = filter[key];
    return key !== 'range' && value !== null && !(Array.isArray(value) && value.length === 0);
  });
}

/** The same filter without one condition. */
export const without = (filter: Filter, key: FilterKey): Filter => ({ ...filter, [key]: NO_FILTER[key] });

/** The arguments of `messages` and `messageStats`. */
export interface MessageArguments {
  readonly in: { readonly sids: readonly string[] } | { readonly all: true };
  readonly filter: Readonly<Record<string, unknown>>;
}

/**
 * The arguments of the API. Both the list and the statistics take them, so that their numbers are of the same messages.
 * The range is that of creation, which finds messages that were rejected before they were sent, too.
 */
export function toArguments(filter: Filter, now: number): MessageArguments {
  const { since, until } = boundsOf(filter.range, now);
  const conditions: Record<string, unknown> = {
    participant: filter.with,
    from: filter.from,
    to: filter.to,
    messagingServiceSid: filter.service,
    outcome: filter.outcome,
    status: filter.status,
    errorCode: filter.error,
    direction: filter.direction,
    channel: filter.channel,
    country: filter.country,
    hasMedia: filter.media,
    text: filter.text,
    dateCreated:
      since === null && until === null ? null : { ...(since && { since }), ...(until && { until }) },
  };
  const given = Object.entries(conditions).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return {
    in: filter.account.length > 0 ? { sids: filter.account } : { all: true },
    filter: Object.fromEntries(given),
  };
}
