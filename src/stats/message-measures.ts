import { outcome } from '../delivery/outcome.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { DecimalSum } from './decimal-sum.ts';

export interface Money {
  readonly amount: string;
  readonly currency: string;
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
  readonly #prices = new Map<string, DecimalSum>();

  add(message: WireMessage): void {
    const { status, direction, num_segments, num_media, price, price_unit } = message;
    this.messages += 1;
    this.segments += Number(num_segments ?? 0);
    this.media += Number(num_media ?? 0);
    const result = outcome(status);
    if (result === 'PENDING') this.pending += 1;
    else if (result === 'UNCONFIRMED') this.unconfirmed += 1;
    else if (result === 'SUCCEEDED') this.succeeded += 1;
    else if (result === 'CANCELED') this.canceled += 1;
    else if (status === 'undelivered') this.undelivered += 1;
    else this.failed += 1;
    if (direction !== 'inbound') {
      if (result === 'SUCCEEDED') this.#outboundSucceeded += 1;
      if (result === 'FAILED') this.#outboundFailed += 1;
    }
    if (price !== null && price_unit !== null) {
      const currency = price_unit.toUpperCase();
      const sum = this.#prices.get(currency) ?? new DecimalSum();
      this.#prices.set(currency, sum);
      sum.add(price);
    }
  }

  /** succeeded / (succeeded + undelivered + failed), of outbound messages; null without any. */
  get deliveryRate(): number | null {
    const ended = this.#outboundSucceeded + this.#outboundFailed;
    return ended === 0 ? null : this.#outboundSucceeded / ended;
  }

  /** What the messages cost, by currency; Twilio's prices are negative, costs are not. */
  get cost(): readonly Money[] {
    return [...this.#prices]
      .map(([currency, sum]) => ({ currency, amount: sum.negated() }))
      .sort((a, b) => a.currency.localeCompare(b.currency));
  }
}
