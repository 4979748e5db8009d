import { builder } from './builder.ts';
import {
  DeliveryOutcomeEnum,
  MessageChannelEnum,
  MessageDirectionEnum,
  MessageStatusEnum,
} from './message-enums.ts';

const DateSentFilterInput = builder.inputType('DateSentFilter', {
  description:
    'When a message was sent. Twilio keeps messages for 400 days; a range that begins earlier is cut, and `historyTruncated` is true. Messages without a sent date (queued, scheduled, canceled, rejected) match no range.',
  fields: (t) => ({
    on: t.field({
      type: 'Date',
      description: 'On this day in GMT. Cannot be combined with `since` or `until`.',
    }),
    since: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    until: t.field({ type: 'DateTime', description: 'At this instant or earlier.' }),
  }),
});

const DateRangeFilterInput = builder.inputType('DateRangeFilter', {
  description: 'A period; without a bound it is open in that direction.',
  fields: (t) => ({
    since: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    until: t.field({ type: 'DateTime', description: 'At this instant or earlier.' }),
  }),
});

export const MessageFilterInput = builder.inputType('MessageFilter', {
  description:
    'Which messages to list; all given conditions must hold, and an empty list is ignored. Twilio filters by `to`, `from` and `dateSent`. The gateway applies the other conditions by reading pages until its own page is full or the scan budget is spent.',
  fields: (t) => ({
    to: t.field({ type: 'Address', description: 'Sent to exactly this address.' }),
    from: t.field({ type: 'Address', description: 'Sent from exactly this address.' }),
    dateSent: t.field({ type: DateSentFilterInput, description: 'Sent in this range.' }),
    status: t.field({ type: [MessageStatusEnum], description: 'With one of these statuses.' }),
    direction: t.field({ type: [MessageDirectionEnum], description: 'With one of these directions.' }),
    channel: t.field({ type: [MessageChannelEnum], description: 'On one of these channels.' }),
    errorCode: t.intList({ description: 'With one of these Twilio error codes, e.g. 30005.' }),
    hasMedia: t.boolean({ description: 'With media (true) or without (false).' }),
    bodyContains: t.string({ description: 'With this text in the body, regardless of case.' }),
    dateCreated: t.field({
      type: DateRangeFilterInput,
      description:
        'Created in this range, so that messages which were rejected before they were sent are found too. Reading ends at the first message that was sent before `since`.',
    }),
    participant: t.field({
      type: 'Address',
      description:
        'With this other party, in either direction. An E.164 number matches on every channel, a channel address only on its own. Takes up to six lists of Twilio, which are merged.',
    }),
    messagingServiceSid: t.stringList({ description: 'Sent by one of these Messaging Services (MG…).' }),
    country: t.field({
      type: ['CountryCode'],
      description: "With one of these countries of the other party's number.",
    }),
    outcome: t.field({ type: [DeliveryOutcomeEnum], description: 'With one of these outcomes.' }),
    text: t.string({
      description: 'With all of these words in the body, in any order and regardless of case.',
    }),
  }),
});
