import { media } from '../twilio/resources/media.ts';
import { AccountInterface } from './account-interface.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { mediaRead, oneRead } from './cost.ts';
import { DeliveryRef } from './delivery.ts';
import { MediaRef } from './media.ts';
import { MessageChannelEnum, MessageDirectionEnum, MessageStatusEnum } from './message-enums.ts';
import { MessageRef } from './message-ref.ts';
import { loadAccount, loadMessage, mediaNode } from './nodes.ts';

builder.node(MessageRef, {
  description: 'One message, inbound or outbound, on any channel, as it stands at Twilio now.',
  id: { description: ID_DESCRIPTION, resolve: ({ wire }) => `${wire.account_sid}:${wire.sid}` },
  loadWithoutCache: async (id, { contexts }) => {
    const [accountSid = '', sid = ''] = id.split(':');
    return loadMessage(contexts.forAccount(accountSid, contexts.own()), accountSid, sid);
  },
  fields: (t) => ({
    sid: t.expose('sid', { type: 'MessageSid', description: "Twilio's SID." }),
    accountSid: t.expose('accountSid', {
      type: 'AccountSid',
      description: 'The account the message belongs to.',
    }),
    account: t.field({
      type: AccountInterface,
      nullable: true,
      complexity: oneRead,
      description: 'The account the message belongs to. One upstream call for all messages of an account.',
      resolve: ({ wire, via }, _args, { contexts }) =>
        loadAccount(contexts.forAccount(wire.account_sid, via), wire.account_sid),
    }),
    body: t.exposeString('body', {
      nullable: true,
      description: 'The text. Empty when it was redacted.',
    }),
    from: t.expose('from', {
      type: 'Address',
      nullable: true,
      description: 'Who sent it. Null while a Messaging Service has not chosen a sender.',
    }),
    to: t.expose('to', {
      type: 'Address',
      nullable: true,
      description: 'Who it went to.',
    }),
    direction: t.expose('direction', {
      type: MessageDirectionEnum,
      nullable: true,
      description: 'Which way it went. Null for a direction this release does not know.',
    }),
    channel: t.expose('channel', {
      type: MessageChannelEnum,
      description: 'How it travelled.',
    }),
    status: t.expose('status', {
      type: MessageStatusEnum,
      description: 'Where it is on its way.',
    }),
    delivery: t.expose('delivery', {
      type: DeliveryRef,
      description: 'What that status means for its fate, and why it failed.',
    }),
    errorCode: t.exposeInt('errorCode', {
      nullable: true,
      description: "Twilio's error code. It may stand on messages that arrived, too.",
    }),
    errorMessage: t.exposeString('errorMessage', {
      nullable: true,
      description:
        "Twilio's text for the code. It may change at any time; `delivery.error` explains the code.",
    }),
    numSegments: t.exposeInt('numSegments', {
      nullable: true,
      description: 'How many SMS segments it took; 0 while no sender is chosen.',
    }),
    numMedia: t.exposeInt('numMedia', {
      nullable: true,
      description: 'How many media items it carries.',
    }),
    media: t.field({
      type: [MediaRef],
      nullable: true,
      complexity: mediaRead,
      description: 'Its media items. One upstream call for each message that has any, none for the others.',
      resolve: async ({ wire, via, numMedia }, _args, { contexts }) => {
        if (numMedia === 0) return [];
        const context = contexts.forAccount(wire.account_sid, via);
        const items = await context.loadAll(media, { AccountSid: wire.account_sid, MessageSid: wire.sid });
        return items.map((item) => mediaNode(item, context));
      },
    }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'What it cost, as a negative amount of `priceUnit`. Null until it is billed.',
    }),
    priceUnit: t.expose('priceUnit', {
      type: 'Currency',
      nullable: true,
      description: 'The currency of `price`.',
    }),
    messagingServiceSid: t.exposeString('messagingServiceSid', {
      nullable: true,
      description: 'The Messaging Service it was sent through, if any (MG…).',
    }),
    dateCreated: t.expose('dateCreated', {
      type: 'DateTime',
      nullable: true,
      description: 'When Twilio took it.',
    }),
    dateSent: t.expose('dateSent', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it was sent, or, inbound, when it came. Null until then, and for ever where it never was.',
    }),
    dateUpdated: t.expose('dateUpdated', {
      type: 'DateTime',
      nullable: true,
      description: 'When its status last changed.',
    }),
  }),
});
