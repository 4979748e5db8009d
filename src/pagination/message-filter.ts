import { channelOf, isKnownStatus } from '../delivery/outcome.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { formatTwilioDate, parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { cutToRetention, DAY_MS, type DateRange, type Retention } from './retention.ts';
import type { ItemFilter } from './slice.ts';

/** A caller's filter. Statuses and directions are Twilio's values; null and [] filter nothing. */
export interface MessageCriteria {
  readonly to?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly dateSent?: DateSentCriteria | null | undefined;
  /** May include {@link UNKNOWN_STATUS}, which matches every status unknown to this release. */
  readonly status?: readonly string[] | null | undefined;
  readonly direction?: readonly string[] | null | undefined;
  readonly channel?: readonly string[] | null | undefined;
  readonly errorCode?: readonly number[] | null | undefined;
  readonly hasMedia?: boolean | null | undefined;
  /** Case-insensitive. */
  readonly bodyContains?: string | null | undefined;
}

export interface DateSentCriteria {
  /** Midnight GMT of the day. */
  readonly on?: Date | null | undefined;
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
}

/** A filter split into the parts that Twilio and the gateway apply. */
export interface CompiledFilter extends ItemFilter<WireMessage> {
  readonly upstream: readonly (readonly [string, string])[];
  readonly truncated: boolean;
  /** Whether the date range sent to Twilio has no lower bound. */
  readonly open: boolean;
}

/** Represents any status that Twilio added after this release; not a value of Twilio's. */
export const UNKNOWN_STATUS = 'unknown';

/**
 * Splits a filter into Twilio's query parameters and a local test.
 *
 * @throws {BAD_USER_INPUT} for a contradictory date range
 * @throws {MESSAGE_HISTORY_LIMIT} for a date range entirely outside retention
 */
export function compileFilter(criteria: MessageCriteria, retention: Retention, now: number): CompiledFilter {
  const requested = dateRange(criteria.dateSent);
  const { since, until, truncated } = cutToRetention(requested, retention, now);
  const upstream: [string, string][] = [];
  if (criteria.to) upstream.push(['To', criteria.to]);
  if (criteria.from) upstream.push(['From', criteria.from]);
  if (until !== null) upstream.push(['DateSent<', formatTwilioDate(new Date(until))]);
  if (since !== null) upstream.push(['DateSent>', formatTwilioDate(new Date(since))]);

  const tests = localTests(criteria);
  const selective = tests.length > 0;
  // Twilio does not document whether it excludes messages without a sent date; the gateway must.
  if (since !== null || until !== null) tests.push((message) => isSentWithin(message, requested));
  const accept =
    tests.length === 0 ? () => true : (message: WireMessage) => tests.every((test) => test(message));
  return { upstream, truncated, open: since === null && until !== null, selective, accept };
}

function dateRange(dateSent: DateSentCriteria | null | undefined): DateRange {
  const { on, since, until } = dateSent ?? {};
  if (on) {
    if (since || until) {
      throw gatewayError(
        'BAD_USER_INPUT',
        '"on" means a whole GMT day and cannot be combined with "since" or "until". Use either the day or the two bounds.',
        'filter.dateSent.on',
      );
    }
    return { since: on.getTime(), until: on.getTime() + DAY_MS - 1000 };
  }
  // Twilio stores whole seconds, so a bound between two of them is rounded inwards.
  const range = {
    since: since ? Math.ceil(since.getTime() / 1000) * 1000 : null,
    until: until ? Math.floor(until.getTime() / 1000) * 1000 : null,
  };
  if (since && until && since > until) {
    throw gatewayError(
      'BAD_USER_INPUT',
      '"since" is later than "until", so no message can match. Swap the two, or leave one out.',
      'filter.dateSent.since',
    );
  }
  return range;
}

/** Whether the gateway must filter, because Twilio cannot; it then reads more messages than it returns. */
export function isSelective(criteria: MessageCriteria): boolean {
  return localTests(criteria).length > 0;
}

type Test = (message: WireMessage) => boolean;

function localTests(criteria: MessageCriteria): Test[] {
  const { status, direction, channel, errorCode, hasMedia, bodyContains } = criteria;
  const tests: Test[] = [];
  if (status?.length) {
    const wanted = new Set(status);
    tests.push((message) => wanted.has(isKnownStatus(message.status) ? message.status : UNKNOWN_STATUS));
  }
  if (direction?.length) tests.push((message) => direction.includes(message.direction ?? ''));
  if (channel?.length) tests.push((message) => channel.includes(channelOf(message)));
  if (errorCode?.length) tests.push((message) => errorCode.includes(message.error_code ?? Number.NaN));
  if (typeof hasMedia === 'boolean') tests.push((message) => Number(message.num_media) > 0 === hasMedia);
  if (bodyContains) {
    const needle = bodyContains.toLowerCase();
    tests.push((message) => message.body?.toLowerCase().includes(needle) ?? false);
  }
  return tests;
}

function isSentWithin(message: WireMessage, { since, until }: DateRange): boolean {
  const sent = parseTwilioDate(message.date_sent)?.getTime();
  return sent !== undefined && (since === null || sent >= since) && (until === null || sent <= until);
}
