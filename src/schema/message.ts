import { media } from '../twilio/resources/media.ts';
import { AccountInterface } from './account-connections.ts';
import { AccountNode } from './account-node.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { mediaRead, oneRead } from './cost.ts';
import { DeliveryRef } from './delivery.ts';
import { MediaRef } from './media.ts';
import { MessageRef } from './message-connection.ts';
import {
  BodyStateEnum,
  MessageChannelEnum,
  MessageDirectionEnum,
  MessageStatusEnum,
} from './message-enums.ts';
import { loadAccount, loadMessage, mediaNode } from './nodes.ts';

builder.node(MessageRef, {
  description: 'A message, inbound or outbound, on any channel, in its current state at Twilio.',
  id: { description: ID_DESCRIPTION, resolve: ({ wire }) => `${wire.account_sid}:${wire.sid}` },
  loadWithoutCache: async (id, { loaders, mask }) => {
    const [accountSid = '', sid = ''] = id.split(':');
    return loadMessage(loaders.forAccount(accountSid, loaders.own()), accountSid, sid, mask);
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
      description:
        'The account the message belongs to. From TWILIO, it takes one upstream call for all messages of an account; from HISTORY none: the copy has the account as its sync last read it, which it does every hour.',
      resolve: async ({ wire, via, source }, _args, { loaders, copiedAccounts }) => {
        const own = loaders.forAccount(wire.account_sid, via);
        const copied = source === 'HISTORY' ? await copiedAccounts.load(own) : null;
        if (copied?.sid === wire.account_sid) return new AccountNode(copied, own);
        return loadAccount(own, wire.account_sid);
      },
    }),
    body: t.exposeString('body', {
      nullable: true,
      description:
        "The text. Empty if it was redacted; null if the caller's field policy hides it. `bodyState` says which.",
    }),
    bodyState: t.expose('bodyState', {
      type: BodyStateEnum,
      description: 'Why the body is what it is.',
    }),
    from: t.expose('from', {
      type: 'Address',
      nullable: true,
      description:
        'The sender. Null while a Messaging Service has not chosen one. Masked as `viewer.fieldPolicy` says.',
    }),
    to: t.expose('to', {
      type: 'Address',
      nullable: true,
      description: 'The recipient. Masked as `viewer.fieldPolicy` says.',
    }),
    country: t.expose('country', {
      type: 'CountryCode',
      nullable: true,
      description:
        "The country of the other party's number. Null for an address that is not a number, and for international services.",
    }),
    direction: t.expose('direction', {
      type: MessageDirectionEnum,
      nullable: true,
      description: 'The direction. Null for a direction this release does not know.',
    }),
    channel: t.expose('channel', {
      type: MessageChannelEnum,
      description: 'The channel.',
    }),
    status: t.expose('status', {
      type: MessageStatusEnum,
      description: 'The delivery status.',
    }),
    delivery: t.expose('delivery', {
      type: DeliveryRef,
      description: 'The outcome of the delivery, and why it failed.',
    }),
    errorCode: t.exposeInt('errorCode', {
      nullable: true,
      description: "Twilio's error code. Delivered messages may have one too.",
    }),
    errorMessage: t.exposeString('errorMessage', {
      nullable: true,
      description:
        "Twilio's message for the code, which may change at any time. Null if the caller's field policy masks addresses. `delivery.error` explains the code.",
    }),
    numSegments: t.exposeInt('numSegments', {
      nullable: true,
      description: 'The number of SMS segments; 0 until a sender is chosen.',
    }),
    numMedia: t.exposeInt('numMedia', {
      nullable: true,
      description: 'The number of media items.',
    }),
    media: t.field({
      type: [MediaRef],
      nullable: true,
      complexity: mediaRead,
      description:
        "The media items. Takes one upstream call for each message that has any. Null if the caller's field policy hides media.",
      resolve: async ({ wire, via, numMedia, mask }, _args, { loaders }) => {
        if (mask.policy.media !== 'SHOWN') return null;
        if (numMedia === 0) return [];
        const context = loaders.forAccount(wire.account_sid, via);
        const items = await context.loadAll(media, { AccountSid: wire.account_sid, MessageSid: wire.sid });
        return items.map((item) => mediaNode(item, context));
      },
    }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'The price, as a negative amount of `priceUnit`. Null until the message is billed.',
    }),
    priceUnit: t.expose('priceUnit', {
      type: 'Currency',
      nullable: true,
      description: 'The currency of `price`.',
    }),
    messagingServiceSid: t.exposeString('messagingServiceSid', {
      nullable: true,
      description: 'The Messaging Service that sent the message, if any (MG…).',
    }),
    dateCreated: t.expose('dateCreated', {
      type: 'DateTime',
      nullable: true,
      description: 'When Twilio created the message.',
    }),
    dateSent: t.expose('dateSent', {
      type: 'DateTime',
      nullable: true,
      description: 'When the message was sent, or received if inbound. Null if it has not been sent.',
    }),
    dateUpdated: t.expose('dateUpdated', {
      type: 'DateTime',
      nullable: true,
      description: 'When the status last changed.',
    }),
  }),
});
