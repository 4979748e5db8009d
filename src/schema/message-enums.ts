import { UNKNOWN_STATUS } from '../history/message-filter.ts';
import { builder } from './builder.ts';

/** Internal values are Twilio's own words, so that nothing is translated twice. */
export const MessageStatusEnum = builder.enumType('MessageStatus', {
  description: 'Where a message is on its way. `Message.delivery` says what that means for its fate.',
  values: {
    ACCEPTED: {
      value: 'accepted',
      description: 'Taken by a Messaging Service; the sender is not chosen yet.',
    },
    SCHEDULED: { value: 'scheduled', description: 'Waits for the time it is to be sent at.' },
    CANCELED: { value: 'canceled', description: 'Was scheduled and withdrawn before it was sent.' },
    QUEUED: { value: 'queued', description: "Waits for its turn at the sender's rate." },
    SENDING: { value: 'sending', description: 'Is being handed to the carrier.' },
    SENT: {
      value: 'sent',
      description: 'The carrier has it. It may stay so for ever: not every carrier sends a receipt.',
    },
    FAILED: { value: 'failed', description: 'Never left Twilio; `errorCode` says why.' },
    DELIVERED: { value: 'delivered', description: 'The carrier, or the recipient, confirmed it.' },
    UNDELIVERED: {
      value: 'undelivered',
      description: 'The carrier reported that it did not arrive; `errorCode` says why.',
    },
    RECEIVING: { value: 'receiving', description: 'Inbound, and still being taken in.' },
    RECEIVED: { value: 'received', description: 'Inbound, and complete.' },
    READ: {
      value: 'read',
      description: 'The recipient opened it. WhatsApp and RCS only, and only with receipts on.',
    },
    PARTIALLY_DELIVERED: {
      value: 'partially_delivered',
      description: 'Of old messages only; Twilio no longer uses it.',
    },
    UNKNOWN: { value: UNKNOWN_STATUS, description: 'A status Twilio added after this release.' },
  },
});

export const MessageDirectionEnum = builder.enumType('MessageDirection', {
  description: 'Which way a message went, and what set it off.',
  values: {
    INBOUND: { value: 'inbound', description: 'To Twilio.' },
    OUTBOUND_API: { value: 'outbound-api', description: 'Sent by a call of the REST API.' },
    OUTBOUND_CALL: { value: 'outbound-call', description: 'Sent during a phone call.' },
    OUTBOUND_REPLY: { value: 'outbound-reply', description: 'Sent in reply to an inbound message.' },
  },
});

export const MessageChannelEnum = builder.enumType('MessageChannel', {
  description: 'How a message travelled, read off its addresses and media; Twilio has no field for it.',
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
  description: "What a message's status says about its fate.",
  values: {
    PENDING: { description: 'On its way: accepted, scheduled, queued, sending or receiving.' },
    UNCONFIRMED: {
      description:
        'Sent: the carrier has it and may never send a receipt. Also any status that is not known.',
    },
    SUCCEEDED: { description: 'Arrived: delivered, received or read.' },
    FAILED: { description: 'Did not arrive: undelivered or failed.' },
    CANCELED: { description: 'Withdrawn before it was sent.' },
  } as const,
});
