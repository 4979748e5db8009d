import { outcome } from '../delivery/outcome.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { type Decimal, DecimalSum } from './decimal-sum.ts';

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** The counts of one group. */
export interface Measures {
  readonly messages: number;
  readonly segments: number;
  readonly media: number;
  readonly pending: number;
  readonly unconfirmed: number;
  readonly succeeded: number;
  readonly undelivered: number;
  readonly failed: number;
  readonly canceled: number;
  /** succeeded / (succeeded + undelivered + failed), of outbound messages; null without any. */
  readonly deliveryRate: number | null;
  /** What the messages cost, by currency; Twilio's prices are negative, costs are not. */
  readonly cost: readonly Money[];
}

/** Messages of the same status and direction, counted already. */
export interface CountedMessages {
  readonly status: string;
  readonly direction: string | null;
  readonly messages: number;
  readonly segments: number;
  readonly media: number;
  /** The sum of their prices; null without a price. */
  readonly price: string | Decimal | null;
  readonly currency: string | null;
}

/** Counts the messages of one group. */
export class MessageMeasures {
  messages = 0;
  segments = 0;
  media = 0;
  pending = 0;
  unconfirmed = 0;
  succeeded = 0;
  undelivered = 0;
  failed = 0;
  canceled = 0;
  #outboundSucceeded = 0;
  #outboundFailed = 0;
  #prices: Map<string, DecimalSum> | undefined;

  add(message: WireMessage): void {
    const { status, direction, num_segments, num_media, price, price_unit } = message;
    const segments = Number(num_segments ?? 0);
    const media = Number(num_media ?? 0);
    this.addCounted({ status, direction, messages: 1, segments, media, price, currency: price_unit });
  }

  addCounted({ status, direction, messages, segments, media, price, currency }: CountedMessages): void {
    this.messages += messages;
    this.segments += segments;
    this.media += media;
    const result = outcome(status);
    if (result === 'PENDING') this.pending += messages;
    else if (result === 'UNCONFIRMED') this.unconfirmed += messages;
    else if (result === 'SUCCEEDED') this.succeeded += messages;
    else if (result === 'CANCELED') this.canceled += messages;
    else if (status === 'undelivered') this.undelivered += messages;
    else this.failed += messages;
    if (direction !== 'inbound') {
      if (result === 'SUCCEEDED') this.#outboundSucceeded += messages;
      if (result === 'FAILED') this.#outboundFailed += messages;
    }
    if (price !== null && currency !== null) {
      const name = currency.toUpperCase();
      this.#prices ??= new Map();
      let sum = this.#prices.get(name);
      if (!sum) {
        sum = new DecimalSum();
        this.#prices.set(name, sum);
      }
      sum.add(price);
    }
  }

  /** The counts as plain data. */
  result(): Measures {
    const { messages, segments, media, pending, unconfirmed, succeeded, undelivered, failed, canceled } =
      this;
    const ended = this.#outboundSucceeded + this.#outboundFailed;
    return {
      messages,
      segments,
      media,
      pending,
      unconfirmed,
      succeeded,
      undelivered,
      failed,
      canceled,
      deliveryRate: ended === 0 ? null : this.#outboundSucceeded / ended,
      cost: [...(this.#prices ?? [])]
        .map(([currency, sum]) => ({ currency, amount: sum.negated() }))
        .sort((a, b) => a.currency.localeCompare(b.currency)),
    };
  }
}
