import { explain } from '../delivery/explain.ts';
import { channelOf, isFinal, outcome } from '../delivery/outcome.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { builder } from './builder.ts';
import { DeliveryOutcomeEnum } from './message-enums.ts';

export const DeliveryErrorRef = builder.objectRef<number>('DeliveryError').implement({
  description: "Why a message failed or had a problem: Twilio's error code with an explanation.",
  extensions: { fromTwilio: true },
  fields: (t) => ({
    code: t.int({ description: "Twilio's error code, e.g. 30005.", resolve: (code) => code }),
    title: t.string({
      nullable: true,
      description:
        "Twilio's title of the code. Null for a code this release does not know. Titles may change: compare codes instead.",
      resolve: (code) => explain(code).title,
    }),
    explanation: t.string({
      nullable: true,
      description: 'What the code means and what to do. Null for a code this release does not explain.',
      resolve: (code) => explain(code).explanation,
    }),
    documentationUrl: t.field({
      type: 'URL',
      description: "Twilio's page about the code.",
      resolve: (code) => explain(code).documentationUrl,
    }),
  }),
});

/** Derived from the message only: Twilio's resource has no history of statuses. */
export const DeliveryRef = builder.objectRef<WireMessage>('Delivery').implement({
  description: 'The delivery of a message, as far as Twilio knows now.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    outcome: t.field({
      type: DeliveryOutcomeEnum,
      description: 'Whether the message was delivered, failed, or is still pending.',
      resolve: (message) => outcome(message.status),
    }),
    isFinal: t.boolean({
      description:
        'Whether the status is final. DELIVERED is final for SMS and MMS; on WhatsApp and RCS it may still become READ.',
      resolve: (message) => isFinal(message.status, channelOf(message)),
    }),
    error: t.field({
      type: DeliveryErrorRef,
      nullable: true,
      description:
        'The error code with an explanation. Null if there is none. Delivered messages may have one too: use `outcome` to find failures.',
      resolve: (message) => message.error_code,
    }),
  }),
});
