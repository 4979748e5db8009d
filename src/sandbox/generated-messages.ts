import { rfc2822 } from './dates.ts';
import { errorTitle } from './error-codes.ts';
import { createLateChanges } from './late-changes.ts';
import { type Milestones, milestonesOf, type Progress, progressAt, sentAge } from './progress.ts';
import { createMessageSids, type Seed } from './random.ts';
import { addressOf, bodyOf, personOf, segmentsOf } from './sample-data.ts';
import type { SandboxSwitches } from './switches.ts';
import { createTimeline, FRESH_ROWS } from './timeline.ts';
import { createTraits, errorCodeOf, type TraitSource, type Traits } from './traits.ts';
import type { WireMessage } from './types.ts';

const HISTORY_SECONDS = 430 * 86_400;
const DAY = 86_400;
/** Seconds after which a sent message has been billed. */
const BILLING_DELAY = 30;
/** Prices per segment or message, in 1/100,000 USD, close to the price list. */
const PRICES = { sms: 790, mms: 2200, alpha: 4630, whatsapp: 500, rcs: 830, messenger: 500 };

export interface GeneratedMessagesOptions {
  seed: Seed;
  account: string;
  /** Gives each account its own sender numbers. */
  offset: number;
  count: number;
  /** Seconds since 1970 at which the account's traffic ends. */
  end: number;
  /** Seconds since 1970; the first message is created 430 days before. */
  epoch: number;
  switches: SandboxSwitches;
}

/** The generated messages of one account; each is a pure function of seed, index and now. */
export interface GeneratedMessages {
  readonly sids: ReturnType<typeof createMessageSids>;
  readonly createdAt: (index: number) => number;
  visible(now: number): number;
  /** Sender and recipient at `now`. */
  parties(index: number, now: number): { from: string | null; to: string };
  readonly withPerson: TraitSource['withPerson'];
  /** Seconds, or null while the message has no date_sent. */
  sentAt(index: number, now: number): number | null;
  /** The time a list is sorted by: date_sent, or date_created without one. Never decreases with the index. */
  orderedAt(index: number, now: number): number;
  /** Whether the message was deleted. */
  isDeleted(index: number, now: number): boolean;
  /** Whether lists have the message. */
  isListed(index: number, now: number): boolean;
  sidOf(index: number): string;
  build(index: number, now: number): WireMessage;
  /** Messaging Service SID of a message that was sent without one. */
  defaultService(): string | null;
  /** A sender and a person for an added message. */
  sample(index: number): { business: string; person: string };
}

export function createGeneratedMessages({
  seed,
  account,
  offset,
  count,
  end,
  epoch,
  switches,
}: GeneratedMessagesOptions): GeneratedMessages {
  const key = seed.key(`messages:${account}`);
  const sids = createMessageSids(seed, account);
  const timeline = createTimeline({ key, count, start: epoch - HISTORY_SECONDS, end });
  const drawn = createTraits({ key, count, offset });
  const late = createLateChanges(key, switches);
  const freshRows = Math.min(FRESH_ROWS, Math.floor(count / 4));
  const services = [seed.sid('MG', `${account}:0`), seed.sid('MG', `${account}:1`)] as const;

  const defaultServiceSid = seed.sid('MG', `${account}:default`);
  const defaultService = () => (switches.defaultMessagingService ? defaultServiceSid : null);

  const createdAt = (index: number) => timeline.createdAt(index, switches.arrivalSeconds);
  const arrives = end === epoch;

  function traitSource(index: number): Traits {
    const traits = drawn(index);
    if (traits.direction === 'inbound' || !late.isUndated(index)) return traits;
    return { ...traits, outcome: 'rejected', sender: traits.service ? null : traits.sender };
  }

  function steps(index: number, service: boolean): Milestones {
    const age = count - 1 - index;
    const usual = milestonesOf(service, age < freshRows ? age : -1, drawn.draw(index, 3));
    const receipt = Math.max(usual.receipt, late.finalFrom(index));
    return { ...usual, receipt, read: usual.read - usual.receipt + receipt };
  }

  function sentAt(index: number, now: number, traits = traitSource(index)): number | null {
    const draw = drawn.draw(index, 4);
    const after = sentAge(traits, steps(index, traits.service), draw);
    const created = createdAt(index);
    if (now < created + after) return null;
    // At most the next message's creation: dates then have the order of indexes at any moment, and a page
    // token remains a stable position while messages are sent.
    const next = index + 1 < count || (arrives && switches.arrivalSeconds > 0) ? createdAt(index + 1) : end;
    return Math.max(created, Math.min(created + after, next));
  }

  function mediaOf(index: number, traits: Traits): number {
    const draw = drawn.draw(index, 5);
    if (traits.channel === 'mms') return 1 + (draw % 3);
    return (traits.channel === 'whatsapp' || traits.channel === 'rcs') && draw % 7 === 0 ? 1 : 0;
  }

  function fromOf(traits: Traits, status: string): string | null {
    if (traits.direction === 'inbound') return traits.person;
    // A Messaging Service picks the sender when it sends.
    return traits.service && (status === 'accepted' || status === 'queued') ? null : traits.sender;
  }

  function progressOf(index: number, now: number, traits: Traits): Progress {
    return progressAt(traits.outcome, steps(index, traits.service), now - createdAt(index));
  }

  function build(index: number, now: number): WireMessage {
    const traits = traitSource(index);
    const created = createdAt(index);
    const sent = sentAt(index, now, traits);
    const { status, since } = progressOf(index, now, traits);
    const redactedAt = created + late.redactedFrom(index);
    const isRedacted = now >= redactedAt;
    const numMedia = mediaOf(index, traits);
    const body = bodyOf(traits.direction === 'inbound', drawn.draw(index, 6));
    const flags = drawn.draw(index, 7);
    const redacted = flags % 50 === 0 && now - created > DAY && index < count - freshRows;
    const segments = traits.channel === 'sms' || traits.channel === 'alpha' ? segmentsOf(body) : 1;
    const ended = status === 'failed' || status === 'undelivered' || status === 'received';
    const code = ended ? errorCodeOf(traits, drawn.draw(index, 4) >>> 3) : null;
    const billed = sent !== null && status !== 'failed' && now >= sent + BILLING_DELAY;
    const waiting = status === 'accepted' || status === 'scheduled' || status === 'canceled';
    const unknown = switches.unknownStatus !== null && flags % 20 === 1;
    return toWireMessage(account, {
      sid: sids.encode(numMedia > 0 ? 'MM' : 'SM', index),
      body: redacted || isRedacted ? '' : body,
      num_segments: waiting ? '0' : String(segments),
      direction: traits.direction,
      from: fromOf(traits, status),
      to: traits.direction === 'inbound' ? (traits.sender ?? '') : traits.person,
      date_created: rfc2822(created),
      date_updated: rfc2822(Math.max(created + since, isRedacted ? redactedAt : 0)),
      date_sent: sent === null ? null : rfc2822(sent),
      price: billed ? `-${((PRICES[traits.channel] * segments) / 100_000).toFixed(5)}` : null,
      price_unit: waiting || status === 'queued' ? null : 'USD',
      error_code: code,
      error_message: code === null ? null : errorTitle(code),
      num_media: String(numMedia),
      status: unknown ? (switches.unknownStatus ?? status) : status,
      messaging_service_sid: traits.service ? services[flags & 1 ? 1 : 0] : defaultService(),
    });
  }

  return {
    sids,
    createdAt,
    visible: (now) => timeline.visible(now, arrives ? switches.arrivalSeconds : 0),
    parties(index, now) {
      const traits = traitSource(index);
      if (traits.direction === 'inbound') return { from: traits.person, to: traits.sender ?? '' };
      if (!traits.service) return { from: traits.sender, to: traits.person };
      return { from: fromOf(traits, progressOf(index, now, traits).status), to: traits.person };
    },
    withPerson: drawn.withPerson,
    sentAt,
    orderedAt: (index, now) => sentAt(index, now) ?? createdAt(index),
    isDeleted: (index, now) => now >= createdAt(index) + late.deletedFrom(index),
    isListed: (index, now) => now >= createdAt(index) + late.listedFrom(index),
    sidOf: (index) => sids.encode(mediaOf(index, traitSource(index)) > 0 ? 'MM' : 'SM', index),
    build,
    defaultService,
    sample: (index) => ({
      business: drawn.senders.sms[0] ?? '',
      person: addressOf('sms', personOf('sms', drawn.draw(index, 2))),
    }),
  };
}

/** Orders a message's fields as Twilio does, and adds those that derive from its SID. */
export function toWireMessage(
  account: string,
  fields: Omit<WireMessage, 'uri' | 'account_sid' | 'api_version' | 'subresource_uris'>,
): WireMessage {
  const path = `/2010-04-01/Accounts/${account}/Messages/${fields.sid}`;
  return {
    body: fields.body,
    num_segments: fields.num_segments,
    direction: fields.direction,
    from: fields.from,
    date_updated: fields.date_updated,
    price: fields.price,
    error_message: fields.error_message,
    uri: `${path}.json`,
    account_sid: account,
    num_media: fields.num_media,
    to: fields.to,
    date_created: fields.date_created,
    status: fields.status,
    sid: fields.sid,
    date_sent: fields.date_sent,
    messaging_service_sid: fields.messaging_service_sid,
    error_code: fields.error_code,
    price_unit: fields.price_unit,
    api_version: '2010-04-01',
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
  };
}
