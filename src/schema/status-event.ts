import type { StatusEvent } from '../history/history-store.ts';
import { builder } from './builder.ts';
import { statusList } from './cost.ts';
import { MessageRef } from './message-connection.ts';
import { MessageStatusEnum } from './message-enums.ts';
import { statusOf } from './message-node.ts';

const ObservationEnum = builder.enumType('Observation', {
  description: 'The way by which the gateway came to know a status.',
  values: {
    CALLBACK: { description: 'A status callback of Twilio. This release receives none.' },
    EVENT_STREAM: { description: 'An event of Twilio Event Streams. This release receives none.' },
    SYNC: { description: 'The gateway read the message for its copy of the history.' },
    READ: { description: "The gateway read the message for a client's request." },
  } as const,
});

const StatusEventRef = builder.objectRef<StatusEvent>('StatusEvent').implement({
  description: 'A status that the gateway saw a message have.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    status: t.field({
      type: MessageStatusEnum,
      description: 'The status.',
      resolve: ({ status }) => statusOf(status),
    }),
    at: t.field({
      type: 'DateTime',
      description:
        "When Twilio last updated the message, as of the gateway's first read with this status: the status changed then, or before.",
      resolve: ({ at }) => at,
    }),
    errorCode: t.int({
      nullable: true,
      description: "Twilio's error code with this status. Null without one.",
      resolve: ({ errorCode }) => errorCode,
    }),
    observedBy: t.field({
      type: ObservationEnum,
      description: 'The way by which the gateway first saw the status.',
      resolve: ({ observedBy }) => observedBy,
    }),
  }),
});

builder.objectField(MessageRef, 'timeline', (t) =>
  t.field({
    type: [StatusEventRef],
    nullable: true,
    complexity: statusList,
    description:
      "The statuses that the gateway has seen the message have, oldest first; the last one is the present one. Twilio keeps only that one, so statuses between two reads are missing. Makes no call. Null without a copy of the account's history that the caller may read, and for a message that the copy no longer has.",
    resolve: ({ wire, via, source }, _args, { timelines }) => timelines.load({ wire, via, source }),
  }),
);
