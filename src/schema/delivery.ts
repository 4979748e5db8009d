import { explain } from '../delivery/explain.ts';
import { channelOf, isFinal, outcome } from '../delivery/outcome.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { builder } from './builder.ts';
import { DeliveryOutcomeEnum } from './message-enums.ts';

const DeliveryErrorRef = builder.objectRef<number>('DeliveryError').implement({
  description: "Why a message did not arrive, or what was odd about it: Twilio's error code, explained.",
  extensions: { fromTwilio: true },
  fields: (t) => ({
    code: t.int({ description: "Twilio's error code, e.g. 30005.", resolve: (code) => code }),
    title: t.string({
      nullable: true,
      description:
        "Twilio's title of the code; null for one this release does not know. Titles change: compare codes.",
      resolve: (code) => explain(code).title,
    }),
    explanation: t.string({
      nullable: true,
      description:
        'What it means and what to do, in plain words; null for a code this release does not explain.',
      resolve: (code) => explain(code).explanation,
    }),
    documentationUrl: t.field({
      type: 'URL',
      description: "Twilio's page about the code.",
      resolve: (code) => explain(code).documentationUrl,
    }),
  }),
});

/** Derived from the message alone: the REST resource has no history of statuses. */
export const DeliveryRef = builder.objectRef<WireMessage>('Delivery').implement({
  description: 'What became of a message, as far as Twilio knows now.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    outcome: t.field({
      type: DeliveryOutcomeEnum,
      description: 'Arrived, failed, or not known yet.',
      resolve: (message) => outcome(message.status),
    }),
    isFinal: t.boolean({
      description:
        'No later status is expected. DELIVERED is final for SMS and MMS; on WhatsApp and RCS it may still become READ.',
      resolve: (message) => isFinal(message.status, channelOf(message)),
    }),
    error: t.field({
      type: DeliveryErrorRef,
      nullable: true,
      description:
        'The error code explained; null where Twilio set none. It may also stand on messages that arrived: ask `outcome` for that.',
      resolve: (message) => message.error_code,
    }),
  }),
});
