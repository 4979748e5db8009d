/** Every value of a message's `status` on Twilio's wire. */
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

/** What a status says about the message's fate. */
export type Outcome = 'PENDING' | 'UNCONFIRMED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';

/** How the message travelled. OTHER is an address with a prefix this program does not know. */
export type Channel = 'SMS' | 'MMS' | 'WHATSAPP' | 'RCS' | 'MESSENGER' | 'OTHER';

const outcomes: ReadonlyMap<string, Outcome> = new Map(
  Object.entries({
    accepted: 'PENDING',
    scheduled: 'PENDING',
    queued: 'PENDING',
    sending: 'PENDING',
    receiving: 'PENDING',
    // A carrier that gives no receipt leaves a message here for ever, so this is not PENDING.
    sent: 'UNCONFIRMED',
    delivered: 'SUCCEEDED',
    received: 'SUCCEEDED',
    read: 'SUCCEEDED',
    undelivered: 'FAILED',
    failed: 'FAILED',
    canceled: 'CANCELED',
    // Deprecated, and Twilio never documented what arrived. SUCCEEDED would hide a loss, and FAILED would invite
    // sending again what the recipient may partly have.
    partially_delivered: 'UNCONFIRMED',
  } satisfies Record<MessageStatus, Outcome>),
);

/**
 * Maps a wire status (lower case) to an outcome.
 *
 * A status Twilio adds later is UNCONFIRMED: it claims neither success nor failure, and, unlike PENDING, does not
 * promise that anything more will happen.
 *
 * @see https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
export function outcome(status: string): Outcome {
  return outcomes.get(status) ?? 'UNCONFIRMED';
}

/** Whether this release knows the status. Twilio may add one at any time. */
export function isKnownStatus(status: string): status is MessageStatus {
  return outcomes.has(status);
}

const finalStatuses: ReadonlySet<string> = new Set<MessageStatus>([
  'read',
  'undelivered',
  'failed',
  'received',
  'canceled',
  'partially_delivered', // final yet UNCONFIRMED: no status is known to follow it
]);

/**
 * Tells whether Twilio will not change the status again.
 *
 * `delivered` ends an SMS or MMS, but elsewhere may still become `read`; on OTHER nothing is known, so it is taken
 * as not final. `sent` is never final, though it may stay: bound the wait by time. An unknown status is not final.
 */
export function isFinal(status: string, channel: Channel): boolean {
  if (status === 'delivered') return channel === 'SMS' || channel === 'MMS';
  return finalStatuses.has(status);
}

/** The fields of a message, as on the wire, that tell its channel. */
export interface ChannelSource {
  /** Null until a Messaging Service has chosen a sender. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  /** A decimal number as a string. */
  readonly num_media?: string | null | undefined;
  /** Accepted but never read: MM means media on any channel, WhatsApp included, so it is no channel marker. */
  readonly sid?: string | null | undefined;
}

const channels: ReadonlyMap<string, Channel> = new Map<string, Channel>([
  ['whatsapp', 'WHATSAPP'],
  ['rcs', 'RCS'],
  ['messenger', 'MESSENGER'],
]);

/**
 * Derives the channel from the address prefixes, and without a prefix from the media count.
 *
 * Both addresses count, because either may lack the prefix: `from` is null until a sender is chosen, and an RCS sender
 * may write to a plain phone number.
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
 * Phone numbers, short codes and alphanumeric sender IDs cannot contain a colon. Asked of payloads as they come,
 * before they are parsed, too.
 */
function prefixOf(address: unknown): string | undefined {
  if (typeof address !== 'string') return undefined;
  const colon = address.indexOf(':');
  return colon > 0 ? address.slice(0, colon).toLowerCase() : undefined;
}
