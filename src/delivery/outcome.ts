/** The values of a message's `status` in Twilio's API. */
export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'read'
  | 'receiving'
  | 'received'
  | 'canceled'
  | 'partially_delivered';

/** The result of a delivery, derived from a message's status. */
export type Outcome = 'PENDING' | 'UNCONFIRMED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';

/** The channel of a message. OTHER: an address with an unknown prefix. */
export type Channel = 'SMS' | 'MMS' | 'WHATSAPP' | 'RCS' | 'MESSENGER' | 'OTHER';

const outcomes: ReadonlyMap<string, Outcome> = new Map(
  Object.entries({
    accepted: 'PENDING',
    scheduled: 'PENDING',
    queued: 'PENDING',
    sending: 'PENDING',
    receiving: 'PENDING',
    // Not PENDING: without a receipt from the carrier, a message keeps this status.
    sent: 'UNCONFIRMED',
    delivered: 'SUCCEEDED',
    received: 'SUCCEEDED',
    read: 'SUCCEEDED',
    undelivered: 'FAILED',
    failed: 'FAILED',
    canceled: 'CANCELED',
    // Deprecated and undocumented. SUCCEEDED would hide a loss, and FAILED would invite a resend of a message
    // that the recipient may partly have.
    partially_delivered: 'UNCONFIRMED',
  } satisfies Record<MessageStatus, Outcome>),
);

/**
 * Maps a status, as in Twilio's API, to an outcome.
 *
 * An unknown status is UNCONFIRMED: that claims neither success nor failure, and, unlike PENDING, does not promise
 * a further change.
 *
 * @see https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
export function outcome(status: string): Outcome {
  return outcomes.get(status) ?? 'UNCONFIRMED';
}

/** Whether this release knows the status; Twilio may add others. */
export function isKnownStatus(status: string): status is MessageStatus {
  return outcomes.has(status);
}

const finalStatuses: ReadonlySet<string> = new Set<MessageStatus>([
  'read',
  'undelivered',
  'failed',
  'received',
  'canceled',
  'partially_delivered', // final although UNCONFIRMED: no known status follows it
]);

/**
 * Tells whether a status is final.
 *
 * `delivered` is final for SMS and MMS, but may become `read` on other channels, including OTHER. `sent` is never
 * final, although it may remain: limit the wait by time. An unknown status is not final.
 */
export function isFinal(status: string, channel: Channel): boolean {
  if (status === 'delivered') return channel === 'SMS' || channel === 'MMS';
  return finalStatuses.has(status);
}

/** The order in which a message passes through its statuses; of several with the same number it has one. */
const stages: Readonly<Record<MessageStatus, number>> = {
  scheduled: 0,
  accepted: 1,
  queued: 2,
  sending: 3,
  receiving: 3,
  sent: 4,
  received: 5,
  delivered: 5,
  partially_delivered: 5,
  undelivered: 5,
  failed: 5,
  canceled: 5,
  read: 6,
};

/** Tells whether a message has the first status before the second. False where the order is not known. */
export function isEarlier(status: string, other: string): boolean {
  return isKnownStatus(status) && isKnownStatus(other) && stages[status] < stages[other];
}

/** The fields of a message that determine its channel, as in Twilio's API. */
export interface ChannelSource {
  /** Null until a Messaging Service has chosen a sender. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  /** A decimal number as a string. */
  readonly num_media?: string | null | undefined;
  /** Ignored: MM means media on any channel, including WhatsApp. */
  readonly sid?: string | null | undefined;
}

const channels: ReadonlyMap<string, Channel> = new Map<string, Channel>([
  ['whatsapp', 'WHATSAPP'],
  ['rcs', 'RCS'],
  ['messenger', 'MESSENGER'],
]);

/**
 * Derives the channel from the address prefixes, or without a prefix from the media count.
 *
 * Either address may lack the prefix: `from` is null until a sender is chosen, and an RCS sender may write to a plain
 * phone number.
 *
 * @example
 * channelOf({ from: 'whatsapp:+14155550100', to: 'whatsapp:+14155550123', num_media: '1' }); // 'WHATSAPP'
 */
export function channelOf({ from, to, num_media }: ChannelSource): Channel {
  const sender = prefixOf(from);
  const recipient = prefixOf(to);
  if (sender === undefined && recipient === undefined) return Number(num_media) > 0 ? 'MMS' : 'SMS';
  return channels.get(sender ?? '') ?? channels.get(recipient ?? '') ?? 'OTHER';
}

/**
 * Returns the channel prefix of an address. Phone numbers, short codes and alphanumeric sender IDs cannot contain a
 * colon. Accepts any value, because callers may pass unparsed payloads.
 */
function prefixOf(address: unknown): string | undefined {
  if (typeof address !== 'string') return undefined;
  const colon = address.indexOf(':');
  return colon > 0 ? address.slice(0, colon).toLowerCase() : undefined;
}
