import { countryOf } from '../delivery/country.ts';
import { type Channel, channelOf, type Outcome, outcome } from '../delivery/outcome.ts';
import { participantOf } from '../delivery/participant.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { type CountedMessages, type Measures, MessageMeasures } from './message-measures.ts';

/** The values by which messages are grouped: Twilio's, or the gateway's where it derives them. */
export interface GroupValues {
  status: string;
  outcome: Outcome;
  errorCode: number | null;
  channel: Channel;
  direction: string | null;
  country: string | null;
  sender: string | null;
  messagingServiceSid: string | null;
  accountSid: string;
}

export type Dimension = keyof GroupValues;

/** How each dimension is read from a message. */
const DIMENSIONS: { readonly [D in Dimension]: (message: WireMessage) => GroupValues[D] } = {
  status: ({ status }) => status,
  outcome: ({ status }) => outcome(status),
  errorCode: ({ error_code }) => error_code,
  channel: channelOf,
  direction: ({ direction }) => direction,
  country: (message) => countryOf(participantOf(message)),
  sender: ({ from }) => from,
  messagingServiceSid: ({ messaging_service_sid }) => messaging_service_sid,
  accountSid: ({ account_sid }) => account_sid,
};

export interface StatsGroup {
  /** The beginning of the bucket in milliseconds; null without an interval, or for a message without a time. */
  readonly start: number | null;
  readonly values: Partial<GroupValues>;
  readonly measures: Measures;
}

export interface MessageStats {
  readonly total: Measures;
  /** By time, then by number of messages. */
  readonly groups: readonly StatsGroup[];
  /** Whether there were more groups than {@link MAX_GROUPS}. Their messages are in `total`. */
  readonly groupsTruncated: boolean;
}

export const MAX_GROUPS = 10_000;

type OpenGroup = Omit<StatsGroup, 'measures'> & { readonly measures: MessageMeasures };

/** Counts messages by dimensions and by time. */
export class StatsCounter {
  readonly #dimensions: readonly Dimension[];
  readonly #bucketOf: ((instant: number) => number) | undefined;
  readonly #total = new MessageMeasures();
  readonly #groups = new Map<string, OpenGroup>();
  #truncated = false;

  /** @param bucketOf returns the beginning of an instant's bucket; undefined to count without time */
  constructor(dimensions: readonly Dimension[], bucketOf?: (instant: number) => number) {
    this.#dimensions = dimensions;
    this.#bucketOf = bucketOf;
  }

  /** Whether there were more groups than {@link MAX_GROUPS}. */
  get isTruncated(): boolean {
    return this.#truncated;
  }

  /** @param instant when the message was created or sent, in milliseconds; null if unknown */
  add(message: WireMessage, instant: number | null): void {
    this.#total.add(message);
    if (this.#dimensions.length === 0 && !this.#bucketOf) return;
    const start = instant === null ? null : (this.#bucketOf?.(instant) ?? null);
    const values = this.#dimensions.map((dimension) => DIMENSIONS[dimension](message));
    this.#groupOf(start, values)?.measures.add(message);
  }

  /** Adds messages that were counted already. @param read returns their value of a dimension */
  addCounted(
    counted: CountedMessages,
    start: number | null,
    read: (dimension: Dimension) => GroupValues[Dimension],
  ): void {
    this.#total.addCounted(counted);
    const isGrouped = this.#dimensions.length > 0 || this.#bucketOf !== undefined;
    if (isGrouped) this.#groupOf(start, this.#dimensions.map(read))?.measures.addCounted(counted);
  }

  /** Undefined for a new group beyond {@link MAX_GROUPS}. */
  #groupOf(start: number | null, values: readonly GroupValues[Dimension][]): OpenGroup | undefined {
    // Separated by what no value contains; null differs from an empty text.
    let key = String(start);
    for (const value of values) key += value === null ? '\0' : `\0=${value}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= MAX_GROUPS) {
      this.#truncated = true;
      return undefined;
    }
    const named: Record<string, unknown> = {};
    for (let index = 0; index < values.length; index += 1)
      named[this.#dimensions[index] ?? ''] = values[index];
    const group = { start, values: named as Partial<GroupValues>, measures: new MessageMeasures() };
    this.#groups.set(key, group);
    return group;
  }

  result(): MessageStats {
    const groups = [...this.#groups.values()]
      .map((group) => ({ ...group, measures: group.measures.result() }))
      .sort((a, b) => (a.start ?? 0) - (b.start ?? 0) || b.measures.messages - a.measures.messages);
    return { total: this.#total.result(), groups, groupsTruncated: this.#truncated };
  }
}
