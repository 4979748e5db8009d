import type { WireMessage } from '../../src/sandbox/sandbox.ts';

/** A filter as sent by a client. */
export interface AskedFilter {
  readonly to?: string | null;
  readonly from?: string | null;
  readonly dateSent?: { on?: string | null; since?: string | null; until?: string | null } | null;
  readonly status?: readonly string[] | null;
  readonly direction?: readonly string[] | null;
  readonly channel?: readonly string[] | null;
  readonly errorCode?: readonly number[] | null;
  readonly hasMedia?: boolean | null;
  readonly bodyContains?: string | null;
}

export type Expected =
  | { readonly code: 'BAD_USER_INPUT' | 'MESSAGE_HISTORY_LIMIT' }
  | { readonly sids: readonly string[]; readonly truncated: boolean };

const DAY = 86_400_000;
const DAYS_KEPT = 400;
const TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
const ADDRESS = [/^\+[1-9X*][\dX*]{2,17}$/, /^\d{3,8}$/, /^[a-z][a-z0-9_]{1,20}:[\x21-\x7e]{1,255}$/];

/** Checks an address by the schema's description. */
function isAddress(text: string): boolean {
  if (ADDRESS.some((form) => form.test(text))) return true;
  if (!/^[\p{Script=Latin}0-9 &_+.'!-]{1,20}$/u.test(text) || !/\p{Script=Latin}/u.test(text)) return false;
  return text.length <= 11 || (text.replace(/\D/g, '').length < 7 && text.split(' ').length < 4);
}

/** A model of a filter, written from its description: slow and simple, over all messages. */
export function expectedOf(
  all: readonly WireMessage[],
  asked: AskedFilter,
  now: number,
  daysKept = DAYS_KEPT,
): Expected {
  const { to, from, dateSent } = asked;
  for (const address of [to, from]) {
    if (address != null && !isAddress(address)) return { code: 'BAD_USER_INPUT' };
  }
  const range = rangeOf(dateSent ?? {});
  if (range === 'bad') return { code: 'BAD_USER_INPUT' };
  const start = now - daysKept * DAY;
  if (range.until !== null && Math.floor(range.until / 1000) * 1000 < start) {
    return { code: 'MESSAGE_HISTORY_LIMIT' };
  }
  // The gateway stays one to two minutes away from Twilio's limit.
  const earliest = Math.ceil((start + 60_000) / 60_000) * 60_000;
  const truncated = range.since !== null && Math.ceil(range.since / 1000) * 1000 < earliest;
  const dated = range.since !== null || range.until !== null;
  const sids = all
    .filter((message) => {
      if (!dated) return true;
      if (message.date_sent === null) return false;
      const sent = Date.parse(message.date_sent);
      return (range.since === null || sent >= range.since) && (range.until === null || sent <= range.until);
    })
    .filter((message) => (to == null || message.to === to) && (from == null || message.from === from))
    .filter((message) => matches(message, asked))
    .map(({ sid }) => sid);
  return { sids, truncated };
}

interface Range {
  readonly since: number | null;
  readonly until: number | null;
}

function rangeOf({ on, since, until }: NonNullable<AskedFilter['dateSent']>): Range | 'bad' {
  const day = on == null ? null : dayOf(on);
  const [from, to] = [since, until].map((time) => (time == null ? null : timeOf(time)));
  if (day === 'bad' || from === 'bad' || to === 'bad' || from === undefined || to === undefined) return 'bad';
  if (day !== null) return from !== null || to !== null ? 'bad' : { since: day, until: day + DAY - 1000 };
  return from !== null && to !== null && from > to ? 'bad' : { since: from, until: to };
}

function dayOf(text: string): number | 'bad' {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  // Date turns the 31st of April into the 1st of May.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? date.getTime() : 'bad';
}

function timeOf(text: string): number | 'bad' {
  if (!TIME.test(text) || dayOf(text.slice(0, 10)) === 'bad') return 'bad';
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? 'bad' : time;
}

function matches(message: WireMessage, asked: AskedFilter): boolean {
  const oneOf = <T>(wanted: readonly T[] | null | undefined, value: T) =>
    !wanted?.length || wanted.includes(value);
  return (
    oneOf(asked.status, message.status.toUpperCase()) &&
    oneOf(asked.direction, message.direction.toUpperCase().replace('-', '_')) &&
    oneOf(asked.channel, channelOf(message)) &&
    oneOf(asked.errorCode, message.error_code ?? -1) &&
    (asked.hasMedia == null || asked.hasMedia === Number(message.num_media) > 0) &&
    (!asked.bodyContains || (message.body ?? '').toLowerCase().includes(asked.bodyContains.toLowerCase()))
  );
}

function channelOf({ from, to, num_media }: WireMessage): string {
  for (const channel of ['whatsapp', 'rcs', 'messenger']) {
    if ([from, to].some((address) => address?.startsWith(`${channel}:`))) return channel.toUpperCase();
  }
  return Number(num_media) > 0 ? 'MMS' : 'SMS';
}
