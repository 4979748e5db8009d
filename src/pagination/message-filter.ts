import { countryOf } from '../delivery/country.ts';
import { channelOf, isKnownStatus, type Outcome, outcome } from '../delivery/outcome.ts';
import { addressesOf, participantOf } from '../delivery/participant.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { formatTwilioDate, parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import {
  beginsBeforeRetention,
  cutToRetention,
  DAY_MS,
  type DateRange,
  type Retention,
} from './retention.ts';
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
  readonly dateCreated?: DateRangeCriteria | null | undefined;
  /** The other party, in either direction. */
  readonly participant?: string | null | undefined;
  readonly messagingServiceSid?: readonly string[] | null | undefined;
  /** ISO 3166-1 codes. */
  readonly country?: readonly string[] | null | undefined;
  readonly outcome?: readonly Outcome[] | null | undefined;
  /** Words, all of which the body contains, regardless of case and order. */
  readonly text?: string | null | undefined;
  /** Not sent to any of these addresses. Set by {@link splitByParticipant} only. */
  readonly notTo?: readonly string[] | undefined;
}

/** Both bounds are inclusive. */
export interface DateRangeCriteria {
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
}

export interface DateSentCriteria extends DateRangeCriteria {
  /** Midnight GMT of the day. */
  readonly on?: Date | null | undefined;
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
  const requested = dateSentRange(criteria.dateSent);
  const created = rangeOf(criteria.dateCreated, 'filter.dateCreated');
  const { since, until, truncated } = cutToRetention(requested, retention, now);
  const upstream: [string, string][] = [];
  if (criteria.to) upstream.push(['To', criteria.to]);
  if (criteria.from) upstream.push(['From', criteria.from]);
  if (until !== null) upstream.push(['DateSent<', formatTwilioDate(new Date(until))]);
  if (since !== null) upstream.push(['DateSent>', formatTwilioDate(new Date(since))]);

  const tests = localTests(criteria);
  const selective = tests.length > 0 || created.until !== null;
  const { notTo } = criteria;
  if (notTo) tests.push(({ to }) => !notTo.includes(to ?? ''));
  // Twilio does not document whether it excludes messages without a sent date; the gateway must.
  if (since !== null || until !== null) tests.push(({ date_sent }) => isWithin(date_sent, requested));
  if (created.since !== null || created.until !== null) {
    tests.push(({ date_created }) => isWithin(date_created, created));
  }
  const accept =
    tests.length === 0 ? () => true : (message: WireMessage) => tests.every((test) => test(message));
  const isPastEnd = ({ date_sent }: WireMessage) => {
    // No message is sent before it is created. One without a sent date says nothing about those after it.
    const sent = parseTwilioDate(date_sent)?.getTime();
    return sent !== undefined && created.since !== null && sent < created.since;
  };
  const end = created.since === null ? {} : { isPastEnd };
  return {
    upstream,
    truncated: truncated || beginsBeforeRetention(created, retention, now),
    open: since === null && until !== null,
    selective,
    accept,
    ...end,
  };
}

/**
 * Splits a filter into those of the lists that must be merged, because Twilio's filters name an exact sender and
 * recipient. One list without a participant; with one, a list for each of its addresses and directions.
 */
export function splitByParticipant(criteria: MessageCriteria): readonly MessageCriteria[] {
  const { participant, channel, direction, to, from } = criteria;
  if (!participant) return [criteria];
  const addresses = addressesOf(participant, channel ?? []);
  const received = !direction?.length || direction.includes('inbound');
  const sent = !direction?.length || direction.some((one) => one !== 'inbound');
  return addresses.flatMap((address) => {
    // The prefix says the channel; a plain number may have messages of several.
    const one = { ...criteria, channel: address.includes(':') ? null : channel };
    const lists: MessageCriteria[] = [];
    if (sent && (!to || to === address)) lists.push({ ...one, to: address });
    // What the participant sent to one of its own addresses is in the list of the recipient.
    if (received && (!from || from === address)) lists.push({ ...one, from: address, notTo: addresses });
    return lists;
  });
}

/** @throws {BAD_USER_INPUT} for a contradictory range */
export function dateSentRange(dateSent: DateSentCriteria | null | undefined): DateRange {
  const { on, since, until } = dateSent ?? {};
  if (!on) return rangeOf(dateSent, 'filter.dateSent');
  if (since || until) {
    throw gatewayError(
      'BAD_USER_INPUT',
      '"on" means a whole GMT day and cannot be combined with "since" or "until". Use either the day or the two bounds.',
      'filter.dateSent.on',
    );
  }
  return { since: on.getTime(), until: on.getTime() + DAY_MS - 1000 };
}

/** @throws {BAD_USER_INPUT} for a contradictory range */
export function rangeOf(criteria: DateRangeCriteria | null | undefined, argument: string): DateRange {
  const { since, until } = criteria ?? {};
  if (since && until && since > until) {
    throw gatewayError(
      'BAD_USER_INPUT',
      '"since" is later than "until", so no message can match. Swap the two, or leave one out.',
      `${argument}.since`,
    );
  }
  // Twilio stores whole seconds, so a bound between two of them is rounded inwards.
  return {
    since: since ? Math.ceil(since.getTime() / 1000) * 1000 : null,
    until: until ? Math.floor(until.getTime() / 1000) * 1000 : null,
  };
}

/** Whether the gateway must filter, because Twilio cannot; it then reads more messages than it returns. */
export function isSelective(criteria: MessageCriteria): boolean {
  return localTests(criteria).length > 0 || criteria.dateCreated?.until != null;
}

type Test = (message: WireMessage) => boolean;

function localTests(criteria: MessageCriteria): Test[] {
  const { status, direction, channel, errorCode, hasMedia, bodyContains } = criteria;
  const { messagingServiceSid, country, outcome: outcomes, text } = criteria;
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
  if (messagingServiceSid?.length) {
    tests.push(({ messaging_service_sid }) => messagingServiceSid.includes(messaging_service_sid ?? ''));
  }
  if (country?.length) {
    tests.push((message) => country.includes(countryOf(participantOf(message)) ?? ''));
  }
  if (outcomes?.length) tests.push(({ status: one }) => outcomes.includes(outcome(one)));
  const words = wordsOf(text);
  if (words.length > 0) {
    tests.push(({ body }) => {
      const lower = body?.toLowerCase() ?? '';
      return words.every((word) => lower.includes(word));
    });
  }
  return tests;
}

/** The words of a text filter, in lower case. */
export function wordsOf(text: string | null | undefined): string[] {
  return text?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
}

function isWithin(date: string | null, { since, until }: DateRange): boolean {
  const time = parseTwilioDate(date)?.getTime();
  return time !== undefined && (since === null || time >= since) && (until === null || time <= until);
}
