import { addressOf, personOf } from './addresses.ts';
import { bodyOf, segmentsOf } from './bodies.ts';
import { rfc2822 } from './dates.ts';
import { errorTitle } from './error-codes.ts';
import { createMessageSids } from './message-sids.ts';
import { type Progress, progressAt, type Steps, sentAge, stepsOf } from './progress.ts';
import type { Seed } from './random.ts';
import type { SandboxSwitches } from './switches.ts';
import { createTimeline, FRESH_ROWS } from './timeline.ts';
import { createTraits, errorCodeOf, type Traits } from './traits.ts';
import type { WireMessage } from './types.ts';
import { wire } from './wire-message.ts';

const HISTORY_SECONDS = 430 * 86_400;
const DAY = 86_400;
/** Seconds after which a sent message has been billed. */
const BILLING_DELAY = 30;
/** Cents of a cent per segment or message, roughly as on the price list. */
const PRICES = { sms: 790, mms: 2200, alpha: 4630, whatsapp: 500, rcs: 830, messenger: 500 };

export interface RowsOptions {
  seed: Seed;
  account: string;
  /** Tells this account's own numbers from those of others. */
  offset: number;
  count: number;
  /** Seconds since 1970 at which the account's traffic ends. */
  end: number;
  /** Start of the whole layout is 430 days before this. */
  epoch: number;
  switches: SandboxSwitches;
}

/** The generated messages of one account: each a pure function of seed, index and now. */
export interface Rows {
  readonly sids: ReturnType<typeof createMessageSids>;
  readonly createdAt: (index: number) => number;
  visible(now: number): number;
  /** Sender and recipient, as the row shows them now. */
  parties(index: number, now: number): { from: string | null; to: string };
  /** Seconds, or null while the row has no date_sent. */
  sentAt(index: number, now: number): number | null;
  /** What a list is ordered by: date_sent, or date_created without one. Never falls as the index grows. */
  orderedAt(index: number, now: number): number;
  sidOf(index: number): string;
  build(index: number, now: number): WireMessage;
  /** What a message carries that used no Messaging Service. */
  defaultService(): string | null;
  /** A sender and a person, for messages added by hand. */
  sample(index: number): { business: string; person: string };
}

export function createRows({ seed, account, offset, count, end, epoch, switches }: RowsOptions): Rows {
  const key = seed.key(`messages:${account}`);
  const sids = createMessageSids(seed, account);
  const timeline = createTimeline({ key, count, start: epoch - HISTORY_SECONDS, end });
  const traits = createTraits({ key, count, offset });
  const freshRows = Math.min(FRESH_ROWS, Math.floor(count / 4));
  const services = [seed.sid('MG', `${account}:0`), seed.sid('MG', `${account}:1`)] as const;

  const defaultServiceSid = seed.sid('MG', `${account}:default`);
  const defaultService = () => (switches.defaultMessagingService ? defaultServiceSid : null);

  const createdAt = (index: number) => timeline.createdAt(index, switches.arrivalSeconds);
  const arrives = end === epoch;

  function steps(index: number, service: boolean): Steps {
    const age = count - 1 - index;
    return stepsOf(service, age < freshRows ? age : -1, traits.draw(index, 3));
  }

  function sentAt(index: number, now: number, row = traits(index)): number | null {
    const draw = traits.draw(index, 4);
    const after = sentAge(row, steps(index, row.service), draw);
    const created = createdAt(index);
    if (now < created + after) return null;
    // Never past the next row's creation: so the order of dates is the order of indexes at any moment,
    // and a page token stays a position while messages are sent.
    const next = index + 1 < count || (arrives && switches.arrivalSeconds > 0) ? createdAt(index + 1) : end;
    return Math.max(created, Math.min(created + after, next));
  }

  function mediaOf(index: number, row: Traits): number {
    const draw = traits.draw(index, 5);
    if (row.channel === 'mms') return 1 + (draw % 3);
    return (row.channel === 'whatsapp' || row.channel === 'rcs') && draw % 7 === 0 ? 1 : 0;
  }

  function fromOf(row: Traits, status: string): string | null {
    if (row.direction === 'inbound') return row.person;
    // A Messaging Service picks the sender only when it sends.
    return row.service && (status === 'accepted' || status === 'queued') ? null : row.sender;
  }

  function stand(index: number, now: number, row: Traits): Progress {
    return progressAt(row.outcome, steps(index, row.service), now - createdAt(index));
  }

  function build(index: number, now: number): WireMessage {
    const row = traits(index);
    const created = createdAt(index);
    const sent = sentAt(index, now, row);
    const { status, since } = stand(index, now, row);
    const numMedia = mediaOf(index, row);
    const body = bodyOf(row.direction === 'inbound', traits.draw(index, 6));
    const flags = traits.draw(index, 7);
    const redacted = flags % 50 === 0 && now - created > DAY && index < count - freshRows;
    const segments = row.channel === 'sms' || row.channel === 'alpha' ? segmentsOf(body) : 1;
    const ended = status === 'failed' || status === 'undelivered' || status === 'received';
    const code = ended ? errorCodeOf(row, traits.draw(index, 4) >>> 3) : null;
    const billed = sent !== null && status !== 'failed' && now >= sent + BILLING_DELAY;
    const waiting = status === 'accepted' || status === 'scheduled' || status === 'canceled';
    const unknown = switches.unknownStatus !== null && flags % 20 === 1;
    return wire(account, {
      sid: sids.encode(numMedia > 0 ? 'MM' : 'SM', index),
      body: redacted ? '' : body,
      num_segments: waiting ? '0' : String(segments),
      direction: row.direction,
      from: fromOf(row, status),
      to: row.direction === 'inbound' ? (row.sender ?? '') : row.person,
      date_created: rfc2822(created),
      date_updated: rfc2822(created + since),
      date_sent: sent === null ? null : rfc2822(sent),
      price: billed ? `-${((PRICES[row.channel] * segments) / 100_000).toFixed(5)}` : null,
      price_unit: waiting || status === 'queued' ? null : 'USD',
      error_code: code,
      error_message: code === null ? null : errorTitle(code),
      num_media: String(numMedia),
      status: unknown ? (switches.unknownStatus ?? status) : status,
      messaging_service_sid: row.service ? services[flags & 1 ? 1 : 0] : defaultService(),
    });
  }

  return {
    sids,
    createdAt,
    visible: (now) => timeline.visible(now, arrives ? switches.arrivalSeconds : 0),
    parties(index, now) {
      const row = traits(index);
      if (row.direction === 'inbound') return { from: row.person, to: row.sender ?? '' };
      if (!row.service) return { from: row.sender, to: row.person };
      return { from: fromOf(row, stand(index, now, row).status), to: row.person };
    },
    sentAt,
    orderedAt: (index, now) => sentAt(index, now) ?? createdAt(index),
    sidOf: (index) => sids.encode(mediaOf(index, traits(index)) > 0 ? 'MM' : 'SM', index),
    build,
    defaultService,
    sample: (index) => ({
      business: traits.senders.sms[0] ?? '',
      person: addressOf('sms', personOf('sms', traits.draw(index, 2))),
    }),
  };
}
