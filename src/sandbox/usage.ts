import { parseFilterDate } from './dates.ts';
import { badParameter } from './errors.ts';
import type { Messages } from './messages.ts';
import { badToken, type Page, type PageRequest } from './paging.ts';
import type { SandboxAccount, WireMessage } from './types.ts';

const DAY_SECONDS = 86_400;

/** Seconds since 1970: the first of the first day, and of the day after the last. */
interface UsageRange {
  readonly from: number;
  readonly to: number;
}

interface UsageFilter {
  /** `/Daily`, `/Monthly`, `/AllTime`, or empty for one record a category. */
  readonly period: string;
  readonly range: UsageRange;
  readonly category: string | null;
}

/** The categories of messages that the sandbox has. */
const CATEGORIES: Readonly<Record<string, string>> = {
  sms: 'SMS',
  'sms-inbound': 'Inbound SMS',
  'sms-outbound': 'Outbound SMS',
  mms: 'MMS',
  'mms-inbound': 'Inbound MMS',
  'mms-outbound': 'Outbound MMS',
  'channels-messaging-inbound': 'Inbound channel messages',
  'channels-messaging-outbound': 'Outbound channel messages',
  totalprice: 'Total price',
};

/** Reads StartDate and EndDate, whole days in GMT. Without them, the range is all of the account's time. */
export function readUsageRange(query: URLSearchParams, created: number, now: number): UsageRange {
  const read = (name: string) => {
    const text = query.get(name);
    if (!text) return null;
    const date = parseFilterDate(text);
    if (!date) throw badParameter('Invalid date value.');
    return startOfDay(date.ms / 1000);
  };
  const [start, end] = [read('StartDate'), read('EndDate')];
  return { from: start ?? startOfDay(created), to: (end ?? startOfDay(now)) + DAY_SECONDS };
}

/**
 * Sums up messages by category and period: the newest period first, then in the order of the categories. Returns records in
 * the format of the 2010-04-01 API. https://www.twilio.com/docs/usage/api/usage-record
 */
export function usageRecordsOf(
  account: SandboxAccount,
  lists: readonly Messages[],
  { period, range, category }: UsageFilter,
  now: number,
) {
  const { from, to } = period === '/AllTime' ? { from: 0, to: Number.POSITIVE_INFINITY } : range;
  const sums = new Map<string, Map<string, { messages: number; segments: number; price: number }>>();
  for (const messages of lists) {
    for (const position of messages.walk(undefined, true, now)) {
      // A message is sent after it is created.
      if (messages.orderedAt(position, now) < from) break;
      const at = messages.createdAt(position);
      if (at < from || at >= to) continue;
      const start = startOf(period, at);
      const ofPeriod = sums.get(start) ?? new Map();
      sums.set(start, ofPeriod);
      const message = messages.build(position, now);
      for (const name of categoriesOf(message)) {
        if (category !== null && name !== category) continue;
        const sum = ofPeriod.get(name) ?? { messages: 0, segments: 0, price: 0 };
        ofPeriod.set(name, sum);
        sum.messages += 1;
        sum.segments += Number(message.num_segments ?? 0);
        // In hundred-thousandths: sums of fractions are not exact.
        sum.price -= Math.round(Number(message.price ?? 0) * 100_000);
      }
    }
  }
  const first = isoDay(Math.max(range.from, account.dateCreated));
  const last = isoDay(range.to - DAY_SECONDS);
  return [...sums]
    .sort(([one], [other]) => (one < other ? 1 : -1))
    .flatMap(([start, ofPeriod]) => {
      const start_date = start === '' ? first : start;
      const end_date = period === '/Daily' ? start : period === '/Monthly' ? lastOfMonth(start) : last;
      return Object.entries(CATEGORIES).flatMap(([name, description]) => {
        const sum = ofPeriod.get(name);
        if (!sum) return [];
        const isPrice = name === 'totalprice';
        const query = `Category=${name}&StartDate=${start_date}&EndDate=${end_date}`;
        const price = (sum.price / 100_000).toFixed(5);
        return {
          account_sid: account.sid,
          api_version: '2010-04-01',
          as_of: new Date(now * 1000).toISOString().replace('.000Z', '+00:00'),
          category: name,
          count: isPrice ? '' : String(sum.messages),
          count_unit: isPrice ? '' : 'messages',
          description,
          end_date,
          price,
          price_unit: 'usd',
          start_date,
          subresource_uris: {},
          uri: `/2010-04-01/Accounts/${account.sid}/Usage/Records${period}.json?${query}`,
          usage: isPrice ? price : String(sum.segments),
          usage_unit: isPrice ? 'usd' : name.startsWith('sms') ? 'segments' : 'messages',
        };
      });
    });
}

/** Returns one page. Twilio's tokens are opaque; the sandbox's hold the number of records before the page. */
export function usagePage<T>(records: readonly T[], { page, token, size }: PageRequest): Page<T> {
  if (page > 0 && token === null) throw badParameter('PageToken is required for paging.');
  const start = token === null ? 0 : readToken(token);
  const end = start + size;
  return {
    items: records.slice(start, end),
    next: end < records.length ? tokenOf(end) : undefined,
    previous: start > 0 ? tokenOf(Math.max(0, start - size)) : undefined,
  };
}

function tokenOf(start: number): string {
  return `PT${Buffer.from(String(start)).toString('base64')}`;
}

function readToken(token: string): number {
  const text = token.startsWith('PT') ? Buffer.from(token.slice(2), 'base64').toString() : '';
  if (!/^\d{1,9}$/.test(text)) throw badToken();
  return Number(text);
}

function categoriesOf({ from, to, direction, num_media }: WireMessage): string[] {
  const side = direction === 'inbound' ? 'inbound' : 'outbound';
  if ((from ?? to ?? '').includes(':')) return [`channels-messaging-${side}`, 'totalprice'];
  const kind = Number(num_media ?? 0) > 0 ? 'mms' : 'sms';
  return [kind, `${kind}-${side}`, 'totalprice'];
}

/** The first day of a message's period; empty where there is only one. */
function startOf(period: string, at: number): string {
  if (period === '/Daily') return isoDay(at);
  return period === '/Monthly' ? `${isoDay(at).slice(0, 7)}-01` : '';
}

function lastOfMonth(first: string): string {
  const [year, month] = first.split('-').map(Number);
  return isoDay(Date.UTC(year ?? 0, month ?? 0, 0) / 1000);
}

function startOfDay(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS) * DAY_SECONDS;
}

function isoDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
