import { builder } from './builder.ts';
import { MessageChannelEnum, MessageDirectionEnum, MessageStatusEnum } from './message-enums.ts';

const DateSentFilterInput = builder.inputType('DateSentFilter', {
  description:
    'When a message was sent. Twilio keeps 400 days; a range that begins earlier is cut, and the connection says so. Messages without a sent date (queued, scheduled, canceled, rejected) match no range.',
  fields: (t) => ({
    on: t.field({ type: 'Date', description: 'A whole GMT day. Not together with `since` or `until`.' }),
    since: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    until: t.field({ type: 'DateTime', description: 'At this instant or earlier.' }),
  }),
});

export const MessageFilterInput = builder.inputType('MessageFilter', {
  description:
    'Which messages to list; all given conditions must hold, and an empty list is no condition. `to`, `from` and `dateSent` are filtered by Twilio. The others are filtered here, by reading on until the page is full or the scan budget is spent.',
  fields: (t) => ({
    to: t.field({ type: 'Address', description: 'Sent to exactly this address.' }),
    from: t.field({ type: 'Address', description: 'Sent from exactly this address.' }),
    dateSent: t.field({ type: DateSentFilterInput, description: 'Sent within these bounds.' }),
    status: t.field({ type: [MessageStatusEnum], description: 'In one of these statuses.' }),
    direction: t.field({ type: [MessageDirectionEnum], description: 'In one of these directions.' }),
    channel: t.field({ type: [MessageChannelEnum], description: 'By one of these channels.' }),
    errorCode: t.intList({ description: "With one of these error codes of Twilio's, e.g. 30005." }),
    hasMedia: t.boolean({ description: 'With media, or without.' }),
    bodyContains: t.string({ description: 'With this text in the body, upper or lower case alike.' }),
  }),
});
