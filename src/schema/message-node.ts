import { type Channel, channelOf, isKnownStatus, type MessageStatus } from '../delivery/outcome.ts';
import { UNKNOWN_STATUS } from '../history/message-filter.ts';
import type { CredentialContext } from '../loaders/credential-context.ts';
import { toIsoDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';

const DIRECTIONS = ['inbound', 'outbound-api', 'outbound-call', 'outbound-reply'] as const;

/**
 * What stands behind a Message: Twilio's payload and the context it was read under. The fields that need
 * nothing else are getters under their GraphQL names, worked out only when asked for; see `readPlainly`.
 */
export class MessageNode {
  readonly wire: WireMessage;
  readonly via: CredentialContext;

  constructor(wire: WireMessage, via: CredentialContext) {
    this.wire = wire;
    this.via = via;
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
    return this.wire.body;
  }

  get from(): string | null {
    return this.wire.from;
  }

  get to(): string | null {
    return this.wire.to;
  }

  get direction(): (typeof DIRECTIONS)[number] | null {
    return DIRECTIONS.find((direction) => direction === this.wire.direction) ?? null;
  }

  get channel(): Channel {
    return channelOf(this.wire);
  }

  get status(): MessageStatus | typeof UNKNOWN_STATUS {
    return isKnownStatus(this.wire.status) ? this.wire.status : UNKNOWN_STATUS;
  }

  get delivery(): WireMessage {
    return this.wire;
  }

  get errorCode(): number | null {
    return this.wire.error_code;
  }

  get errorMessage(): string | null {
    return this.wire.error_message;
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

/** Twilio writes its counts as strings; GraphQL's Int has 32 bits. */
function toInt(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number(value);
  return (number | 0) === number ? number : null;
}
