import { UNKNOWN_STATUS } from '../pagination/message-filter.ts';
import { builder } from './builder.ts';

export const BodyStateEnum = builder.enumType('BodyState', {
  description: 'Why the body of a message is what it is: an empty text alone does not tell.',
  values: {
    SHOWN: { description: 'The text is in `body`.' },
    EMPTY: { description: 'The message has no text, e.g. only a picture.' },
    REDACTED: { description: 'The text was erased at Twilio.' },
    HIDDEN: { description: "The caller's field policy hides the text." },
    NOT_KEPT: { description: "The gateway's copy of the history does not keep texts." },
  } as const,
});

/** Internal values are Twilio's own, so that they need no translation. */
export const MessageStatusEnum = builder.enumType('MessageStatus', {
  description: 'The status of a message. `Message.delivery` interprets it.',
  values: {
    ACCEPTED: {
      value: 'accepted',
      description: 'Accepted by a Messaging Service, which has not chosen a sender yet.',
    },
    SCHEDULED: { value: 'scheduled', description: 'Scheduled to be sent later.' },
    CANCELED: { value: 'canceled', description: 'Scheduled, then canceled before it was sent.' },
    QUEUED: { value: 'queued', description: "Waiting in Twilio's queue because of the sender's rate limit." },
    SENDING: { value: 'sending', description: 'Being passed to the carrier.' },
    SENT: {
      value: 'sent',
      description:
        'Accepted by the carrier. This may be the last status, because not every carrier sends receipts.',
    },
    FAILED: { value: 'failed', description: 'Never left Twilio; `errorCode` has the reason.' },
    DELIVERED: { value: 'delivered', description: 'Delivery was confirmed by the carrier or the recipient.' },
    UNDELIVERED: {
      value: 'undelivered',
      description: 'The carrier reported that it was not delivered; `errorCode` has the reason.',
    },
    RECEIVING: { value: 'receiving', description: 'Inbound, being received.' },
    RECEIVED: { value: 'received', description: 'Inbound, received completely.' },
    READ: {
      value: 'read',
      description: 'Opened by the recipient. Only for WhatsApp and RCS, and only with read receipts.',
    },
    PARTIALLY_DELIVERED: {
      value: 'partially_delivered',
      description: 'Only on old messages; Twilio no longer uses it.',
    },
    UNKNOWN: { value: UNKNOWN_STATUS, description: 'A status Twilio added after this release.' },
  },
});

export const MessageDirectionEnum = builder.enumType('MessageDirection', {
  description: 'The direction of a message, and how it was sent.',
  values: {
    INBOUND: { value: 'inbound', description: 'Received by Twilio.' },
    OUTBOUND_API: { value: 'outbound-api', description: 'Sent with the REST API.' },
    OUTBOUND_CALL: { value: 'outbound-call', description: 'Sent during a phone call.' },
    OUTBOUND_REPLY: { value: 'outbound-reply', description: 'Sent in reply to an inbound message.' },
  },
});

export const MessageChannelEnum = builder.enumType('MessageChannel', {
  description: 'The channel of a message, derived from its addresses and media; Twilio has no field for it.',
  values: {
    SMS: { description: 'Text between phone numbers.' },
    MMS: { description: 'With media, between phone numbers.' },
    WHATSAPP: { description: 'An address begins with `whatsapp:`.' },
    RCS: { description: 'An address begins with `rcs:`.' },
    MESSENGER: { description: 'An address begins with `messenger:`.' },
    OTHER: { description: 'An address has a prefix this release does not know.' },
  } as const,
});

export const DeliveryOutcomeEnum = builder.enumType('DeliveryOutcome', {
  description: 'The outcome that the status of a message implies.',
  values: {
    PENDING: { description: 'In progress: accepted, scheduled, queued, sending or receiving.' },
    UNCONFIRMED: {
      description: 'Sent: accepted by the carrier, which may never send a receipt. Also any unknown status.',
    },
    SUCCEEDED: { description: 'Delivered, received or read.' },
    FAILED: { description: 'Undelivered or failed.' },
    CANCELED: { description: 'Canceled before it was sent.' },
  } as const,
});

export const MessageSourceEnum = builder.enumType('MessageSource', {
  description: 'Where to read messages. A cursor belongs to the source that made it.',
  values: {
    AUTO: {
      description:
        "Twilio for what Twilio filters itself; for everything else the gateway's copy of the history, brought up to date first, if it covers what is asked for.",
    },
    TWILIO: { description: "Twilio's API only." },
    HISTORY: {
      description: "The gateway's copy only, as it is: no call is made. An error if the account has none.",
    },
  } as const,
});

export const MessageOrderEnum = builder.enumType('MessageOrder', {
  description: 'The order of a list, by the time a message was sent or, while it is not sent, created.',
  values: {
    NEWEST_FIRST: { description: 'The newest message first.' },
    OLDEST_FIRST: { description: "The oldest message first. From the gateway's copy only." },
  } as const,
});

export const SOURCE_DESCRIPTION = 'Where to read. By default AUTO.';
export const ORDER_DESCRIPTION = 'The order. By default NEWEST_FIRST.';
