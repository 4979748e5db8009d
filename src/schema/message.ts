import { channelOf, isKnownStatus } from '../delivery/outcome.ts';
import { UNKNOWN_STATUS } from '../history/message-filter.ts';
import { toIsoDate } from '../twilio/dates.ts';
import { AccountInterface } from './account-interface.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { mediaRead, oneRead } from './cost.ts';
import { DeliveryRef } from './delivery.ts';
import { parseSids } from './global-id.ts';
import { MediaRef } from './media.ts';
import { MessageChannelEnum, MessageDirectionEnum, MessageStatusEnum } from './message-enums.ts';
import { MessageRef } from './message-ref.ts';
import { loadAccount, loadMessage, mediaNode } from './nodes.ts';

const DIRECTIONS = ['inbound', 'outbound-api', 'outbound-call', 'outbound-reply'] as const;

builder.node(MessageRef, {
  description: 'One message, inbound or outbound, on any channel, as it stands at Twilio now.',
  id: { description: ID_DESCRIPTION, resolve: ({ wire }) => `${wire.account_sid}:${wire.sid}` },
  loadWithoutCache: async (id, { contexts }) => {
    const [accountSid = '', sid = ''] = parseSids(id, 'account', 'message');
    return loadMessage(contexts.forAccount(accountSid, contexts.own()), accountSid, sid);
  },
  fields: (t) => ({
    sid: t.field({ type: 'MessageSid', description: "Twilio's SID.", resolve: ({ wire }) => wire.sid }),
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account the message belongs to.',
      resolve: ({ wire }) => wire.account_sid,
    }),
    account: t.field({
      type: AccountInterface,
      nullable: true,
      complexity: oneRead,
      description: 'The account the message belongs to. One upstream call for all messages of an account.',
      resolve: ({ wire, via }, _args, { contexts }) =>
        loadAccount(contexts.forAccount(wire.account_sid, via), wire.account_sid),
    }),
    body: t.string({
      nullable: true,
      description: 'The text. Empty when it was redacted.',
      resolve: ({ wire }) => wire.body,
    }),
    from: t.field({
      type: 'Address',
      nullable: true,
      description: 'Who sent it. Null while a Messaging Service has not chosen a sender.',
      resolve: ({ wire }) => wire.from,
    }),
    to: t.field({
      type: 'Address',
      nullable: true,
      description: 'Who it went to.',
      resolve: ({ wire }) => wire.to,
    }),
    direction: t.field({
      type: MessageDirectionEnum,
      nullable: true,
      description: 'Which way it went. Null for a direction this release does not know.',
      resolve: ({ wire }) => DIRECTIONS.find((direction) => direction === wire.direction) ?? null,
    }),
    channel: t.field({
      type: MessageChannelEnum,
      description: 'How it travelled.',
      resolve: ({ wire }) => channelOf(wire),
    }),
    status: t.field({
      type: MessageStatusEnum,
      description: 'Where it is on its way.',
      resolve: ({ wire }) => (isKnownStatus(wire.status) ? wire.status : UNKNOWN_STATUS),
    }),
    delivery: t.field({
      type: DeliveryRef,
      description: 'What that status means for its fate, and why it failed.',
      resolve: ({ wire }) => wire,
    }),
    errorCode: t.int({
      nullable: true,
      description: "Twilio's error code. It may stand on messages that arrived, too.",
      resolve: ({ wire }) => wire.error_code,
    }),
    errorMessage: t.string({
      nullable: true,
      description:
        "Twilio's text for the code. It may change at any time; `delivery.error` explains the code.",
      resolve: ({ wire }) => wire.error_message,
    }),
    numSegments: t.int({
      nullable: true,
      description: 'How many SMS segments it took; 0 while no sender is chosen.',
      resolve: ({ wire }) => toInt(wire.num_segments),
    }),
    numMedia: t.int({
      nullable: true,
      description: 'How many media items it carries.',
      resolve: ({ wire }) => toInt(wire.num_media),
    }),
    media: t.field({
      type: [MediaRef],
      nullable: true,
      complexity: mediaRead,
      description: 'Its media items. One upstream call for each message that has any, none for the others.',
      resolve: async ({ wire, via }, _args, { contexts }) => {
        if (toInt(wire.num_media) === 0) return [];
        const context = contexts.forAccount(wire.account_sid, via);
        const media = await context.media.load({ accountSid: wire.account_sid, sid: wire.sid });
        return media.map((item) => mediaNode(item, context));
      },
    }),
    price: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What it cost, as a negative amount of `priceUnit`. Null until it is billed.',
      resolve: ({ wire }) => wire.price,
    }),
    priceUnit: t.field({
      type: 'Currency',
      nullable: true,
      description: 'The currency of `price`.',
      resolve: ({ wire }) => wire.price_unit,
    }),
    messagingServiceSid: t.string({
      nullable: true,
      description: 'The Messaging Service it was sent through, if any (MG…).',
      resolve: ({ wire }) => wire.messaging_service_sid,
    }),
    dateCreated: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When Twilio took it.',
      resolve: ({ wire }) => toIsoDate(wire.date_created),
    }),
    dateSent: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it was sent, or, inbound, when it came. Null until then, and for ever where it never was.',
      resolve: ({ wire }) => toIsoDate(wire.date_sent),
    }),
    dateUpdated: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its status last changed.',
      resolve: ({ wire }) => toIsoDate(wire.date_updated),
    }),
  }),
});

/** Twilio writes its counts as strings. */
function toInt(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : null;
}
