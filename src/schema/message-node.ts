import { countryOf } from '../delivery/country.ts';
import { type Channel, channelOf, isKnownStatus, type MessageStatus } from '../delivery/outcome.ts';
import { participantOf } from '../delivery/participant.ts';
import type { CredentialLoaders } from '../loaders/credential-loaders.ts';
import { UNKNOWN_STATUS } from '../pagination/message-filter.ts';
import type { DataMask } from '../policy/data-mask.ts';
import { toIsoDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';

const DIRECTIONS = ['inbound', 'outbound-api', 'outbound-call', 'outbound-reply'] as const;

/** Why a body is what it is. */
export type BodyState = 'SHOWN' | 'EMPTY' | 'REDACTED' | 'HIDDEN' | 'NOT_KEPT';

/** Null for a direction this release does not know. */
export function directionOf(text: string | null): (typeof DIRECTIONS)[number] | null {
  return DIRECTIONS.find((direction) => direction === text) ?? null;
}

export function statusOf(text: string): MessageStatus | typeof UNKNOWN_STATUS {
  return isKnownStatus(text) ? text : UNKNOWN_STATUS;
}

/**
 * The object behind a Message: Twilio's payload and the loaders it was read with. Fields that need nothing else are
 * getters with their GraphQL names, evaluated only when selected; see `readPlainly`.
 */
export class MessageNode {
  readonly wire: WireMessage;
  readonly via: CredentialLoaders;
  readonly mask: DataMask;
  /** Where the payload was read. */
  readonly source: 'TWILIO' | 'HISTORY';

  constructor(
    wire: WireMessage,
    via: CredentialLoaders,
    mask: DataMask,
    source: 'TWILIO' | 'HISTORY' = 'TWILIO',
  ) {
    this.wire = wire;
    this.via = via;
    this.mask = mask;
    this.source = source;
  }

  get __typename(): 'Message' {
    return 'Message';
  }

  get sid(): string {
    return this.wire.sid;
  }

  get accountSid(): string {
    return this.wire.account_sid;
  }

  get body(): string | null {
    return this.mask.policy.bodies === 'SHOWN' ? this.wire.body : null;
  }

  get bodyState(): BodyState {
    if (this.mask.policy.bodies !== 'SHOWN') return 'HIDDEN';
    if (this.wire.body) return 'SHOWN';
    if (this.wire.body === null) return 'NOT_KEPT';
    // Twilio sends no message without a text or media: an outbound one without both was redacted.
    const isRedacted = this.wire.direction !== 'inbound' && this.numMedia === 0;
    return isRedacted ? 'REDACTED' : 'EMPTY';
  }

  get from(): string | null {
    return this.mask.address(this.wire.from);
  }

  get to(): string | null {
    return this.mask.address(this.wire.to);
  }

  get country(): string | null {
    return countryOf(participantOf(this.wire));
  }

  get direction(): (typeof DIRECTIONS)[number] | null {
    return directionOf(this.wire.direction);
  }

  get channel(): Channel {
    return channelOf(this.wire);
  }

  get status(): MessageStatus | typeof UNKNOWN_STATUS {
    return statusOf(this.wire.status);
  }

  get delivery(): WireMessage {
    return this.wire;
  }

  get errorCode(): number | null {
    return this.wire.error_code;
  }

  get errorMessage(): string | null {
    // It may contain an address.
    return this.mask.policy.addresses === 'SHOWN' ? this.wire.error_message : null;
  }

  get numSegments(): number | null {
    return toInt(this.wire.num_segments);
  }

  get numMedia(): number | null {
    return toInt(this.wire.num_media);
  }

  get price(): string | null {
    return this.wire.price;
  }

  get priceUnit(): string | null {
    return this.wire.price_unit;
  }

  get messagingServiceSid(): string | null {
    return this.wire.messaging_service_sid;
  }

  get dateCreated(): string | null {
    return toIsoDate(this.wire.date_created);
  }

  get dateSent(): string | null {
    return toIsoDate(this.wire.date_sent);
  }

  get dateUpdated(): string | null {
    return toIsoDate(this.wire.date_updated);
  }
}

/** Converts a count, which Twilio writes as a string; null unless it fits GraphQL's 32-bit Int. */
function toInt(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number(value);
  return (number | 0) === number ? number : null;
}
