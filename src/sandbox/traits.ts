import { type Channel, CODES, type ErrorCode } from './error-codes.ts';
import { mix, pick } from './random.ts';
import { addressOf, createSenders, personOf } from './sample-data.ts';

export type Direction = 'inbound' | 'outbound-api' | 'outbound-call' | 'outbound-reply';

/** Final outcome of a message. `rejected`: never accepted; `canceled`: scheduled first. */
export type Outcome =
  | 'received'
  | 'delivered'
  | 'read'
  | 'sent'
  | 'undelivered'
  | 'failed'
  | 'rejected'
  | 'canceled'
  | 'partially_delivered';

/** The properties of a message that do not change over time and are cheap to compute; filters use them. */
export interface Traits {
  channel: Channel;
  direction: Direction;
  outcome: Outcome;
  /** Sent through a Messaging Service, which picks the sender late. */
  service: boolean;
  /** The business's address; null when no sender was chosen. */
  sender: string | null;
  person: string;
}

type Recipe = Pick<Traits, 'channel' | 'direction' | 'outcome' | 'service'>;

const SMS_OUT: Recipe = { channel: 'sms', direction: 'outbound-api', outcome: 'delivered', service: false };
/** The newest messages, newest first, chosen so that every state in transit occurs at the epoch. */
const FRESH: readonly Recipe[] = [
  SMS_OUT,
  { ...SMS_OUT, service: true },
  SMS_OUT,
  { ...SMS_OUT, direction: 'inbound', outcome: 'received' },
  { ...SMS_OUT, outcome: 'canceled', service: true },
  SMS_OUT,
  { ...SMS_OUT, channel: 'whatsapp', outcome: 'read' },
  { ...SMS_OUT, outcome: 'undelivered' },
];

export interface TraitSource {
  (index: number): Traits;
  senders: ReturnType<typeof createSenders>;
  /**
   * Returns the indexes below `count` of the messages with a person, ascending; null for an address of the account. The
   * first call indexes all messages.
   */
  withPerson(address: string, count: number): readonly number[] | null;
  /** A 32-bit draw for message `index`, from one stream per salt. */
  draw(index: number, salt: number): number;
}

export interface TraitOptions {
  key: number;
  /** Number of generated messages; the last few follow the recipes. */
  count: number;
  /** Gives each account its own senders. */
  offset: number;
}

export function createTraits({ key, count, offset }: TraitOptions): TraitSource {
  const senders = createSenders(offset);
  const salted = Array.from({ length: 8 }, (_, salt) => mix(key, 1000 + salt));
  const draw = (index: number, salt: number) => mix(salted[salt] ?? key, index);

  function traits(index: number): Traits {
    const recipe = FRESH[count - 1 - index] ?? drawn(draw(index, 0), draw(index, 1));
    const person = personOf(recipe.channel, draw(index, 2));
    // A person always uses the same sender, so that conversations form.
    const own = senders[recipe.channel];
    const never = recipe.outcome === 'canceled' || (recipe.outcome === 'rejected' && recipe.service);
    return {
      ...recipe,
      sender: never ? null : (own[person % own.length] ?? null),
      person: addressOf(recipe.channel, person),
    };
  }

  const ownAddresses = new Set(Object.values(senders).flat());
  const byPerson = new Map<string, number[]>();
  let indexed = 0;
  function withPerson(address: string, end: number): readonly number[] | null {
    if (ownAddresses.has(address)) return null;
    for (; indexed < end; indexed += 1) {
      const channel = FRESH[count - 1 - indexed]?.channel ?? channelOf(draw(indexed, 0) % 100);
      const person = addressOf(channel, personOf(channel, draw(indexed, 2)));
      const indexes = byPerson.get(person);
      if (indexes) indexes.push(indexed);
      else byPerson.set(person, [indexed]);
    }
    return byPerson.get(address) ?? [];
  }

  return Object.assign(traits, { senders, draw, withPerson });
}

/** Returns the error code of a message's outcome, or null. A few received messages have one too. */
export function errorCodeOf({ channel, outcome }: Traits, draw: number): ErrorCode | null {
  if (outcome === 'undelivered' || outcome === 'failed' || outcome === 'rejected') {
    return pick<ErrorCode>(CODES[channel][outcome], draw);
  }
  return outcome === 'received' && channel === 'sms' && draw % 100 === 0 ? 30009 : null;
}

function drawn(first: number, second: number): Recipe {
  const channel = channelOf(first % 100);
  const direction = directionOf(channel, (first >>> 8) % 100);
  const outcome = outcomeOf(channel, direction, second % 1000);
  // Only a Messaging Service can schedule.
  const service = outcome === 'canceled' || (direction === 'outbound-api' && (first >>> 16) % 5 === 0);
  return { channel, direction, outcome, service };
}

function channelOf(percent: number): Channel {
  if (percent < 66) return 'sms';
  if (percent < 75) return 'mms';
  if (percent < 89) return 'whatsapp';
  if (percent < 94) return 'alpha';
  return percent < 98 ? 'rcs' : 'messenger';
}

function directionOf(channel: Channel, percent: number): Direction {
  // An alphanumeric sender cannot receive replies.
  if (channel === 'alpha') return 'outbound-api';
  if (percent < 26) return 'inbound';
  if (percent < 33) return 'outbound-reply';
  return percent < 35 && channel === 'sms' ? 'outbound-call' : 'outbound-api';
}

function outcomeOf(channel: Channel, direction: Direction, perMille: number): Outcome {
  if (direction === 'inbound') return 'received';
  if (perMille < 90) return 'undelivered';
  if (perMille < 130) return 'failed';
  if (perMille < 155) return direction === 'outbound-api' ? 'rejected' : 'failed';
  if (perMille < 170) return direction === 'outbound-api' ? 'canceled' : 'delivered';
  if (perMille < 230) return 'sent';
  if (perMille < 234) return 'partially_delivered';
  const reads = channel === 'whatsapp' || channel === 'rcs';
  return reads && perMille < 700 ? 'read' : 'delivered';
}
