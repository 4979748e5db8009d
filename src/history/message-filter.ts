import { channelOf, isKnownStatus } from '../delivery/outcome.ts';
import { BadUserInputError } from '../errors/input.ts';
import { formatTwilioDate, parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { cutToRetention, type DateRange, type Retention } from './retention.ts';
import type { ItemFilter } from './window.ts';

/** What a caller may filter by; statuses and directions in Twilio's own words, null and [] filter nothing. */
export interface MessageCriteria {
  readonly to?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly dateSent?: DateSentCriteria | null | undefined;
  /** {@link UNKNOWN_STATUS} among them stands for every status this release does not know. */
  readonly status?: readonly string[] | null | undefined;
  readonly direction?: readonly string[] | null | undefined;
  readonly channel?: readonly string[] | null | undefined;
  readonly errorCode?: readonly number[] | null | undefined;
  readonly hasMedia?: boolean | null | undefined;
  /** Compared without regard to case. */
  readonly bodyContains?: string | null | undefined;
}

export interface DateSentCriteria {
  /** Midnight GMT of the day meant. */
  readonly on?: Date | null | undefined;
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
}

/** Criteria split into what Twilio filters and what is left to the gateway. */
export interface CompiledFilter extends ItemFilter<WireMessage> {
  readonly upstream: readonly (readonly [string, string])[];
  readonly truncated: boolean;
  /** The date range is sent to Twilio without a beginning. */
  readonly open: boolean;
}

/** Stands for a status Twilio added after this release; no word of Twilio's own. */
export const UNKNOWN_STATUS = 'unknown';

const DAY_MS = 86_400_000;

/**
 * @throws {BadUserInputError} for a date range that contradicts itself
 * @throws {MessageHistoryLimitError} for one wholly outside retention
 */
export function compileFilter(criteria: MessageCriteria, retention: Retention, now: number): CompiledFilter {
  const asked = dateRange(criteria.dateSent);
  const { since, until, truncated } = cutToRetention(asked, retention, now);
  const upstream: [string, string][] = [];
  if (criteria.to) upstream.push(['To', criteria.to]);
  if (criteria.from) upstream.push(['From', criteria.from]);
  if (until !== null) upstream.push(['DateSent<', formatTwilioDate(new Date(until))]);
  if (since !== null) upstream.push(['DateSent>', formatTwilioDate(new Date(since))]);

  const tests = localTests(criteria);
  const selective = tests.length > 0;
  // Whether Twilio leaves out messages without a sent date here is not documented; ours must.
  if (since !== null || until !== null) tests.push((message) => isSentWithin(message, asked));
  const accept =
    tests.length === 0 ? () => true : (message: WireMessage) => tests.every((test) => test(message));
  return { upstream, truncated, open: since === null && until !== null, selective, accept };
}

function dateRange(dateSent: DateSentCriteria | null | undefined): DateRange {
  const { on, since, until } = dateSent ?? {};
  if (on) {
    if (since || until) {
      throw new BadUserInputError(
        '"on" means a whole GMT day and cannot stand beside "since" or "until". Use either the day or the two bounds.',
        { argument: 'filter.dateSent.on' },
      );
    }
    return { since: on.getTime(), until: on.getTime() + DAY_MS - 1000 };
  }
  // Twilio keeps whole seconds: a bound between two of them means the next one inwards.
  const range = {
    since: since ? Math.ceil(since.getTime() / 1000) * 1000 : null,
    until: until ? Math.floor(until.getTime() / 1000) * 1000 : null,
  };
  if (since && until && since > until) {
    throw new BadUserInputError(
      '"since" is later than "until", so no message can match. Swap the two, or leave one out.',
      { argument: 'filter.dateSent.since' },
    );
  }
  return range;
}

/** Whether the gateway has to filter, because Twilio does not: it then reads more messages than it returns. */
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
