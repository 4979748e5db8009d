import { toIsoDate } from '../twilio/dates.ts';
import { media } from '../twilio/resources/media.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { oneRead } from './cost.ts';
import { MessageRef } from './message-connection.ts';
import { loadMessage, type MediaNode, mediaNode } from './nodes.ts';

export const MediaRef = builder.objectRef<MediaNode>('Media');

builder.node(MediaRef, {
  description:
    'A picture or other file attached to a message. The file itself stays at Twilio; `url` streams it.',
  id: {
    description: ID_DESCRIPTION,
    resolve: ({ wire }) => `${wire.account_sid}:${wire.parent_sid}:${wire.sid}`,
  },
  loadWithoutCache: async (id, { loaders, mask }) => {
    if (mask.policy.media !== 'SHOWN') return null;
    const [accountSid = '', messageSid = '', sid = ''] = id.split(':');
    const context = loaders.forAccount(accountSid, loaders.own());
    const items = await context.loadAll(media, { AccountSid: accountSid, MessageSid: messageSid });
    const item = items.find((one) => one.sid === sid);
    return item ? mediaNode(item, context) : null;
  },
  fields: (t) => ({
    sid: t.string({ description: "Twilio's SID (ME…).", resolve: ({ wire }) => wire.sid }),
    contentType: t.string({
      nullable: true,
      description: 'The media type, e.g. `image/jpeg`.',
      resolve: ({ wire }) => wire.content_type,
    }),
    message: t.field({
      type: MessageRef,
      nullable: true,
      complexity: oneRead,
      description: 'The message it is attached to. Null when that does not exist (any more).',
      resolve: ({ wire, via }, _args, { loaders, mask }) =>
        loadMessage(loaders.forAccount(wire.account_sid, via), wire.account_sid, wire.parent_sid, mask),
    }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description:
        'Where the gateway streams the file from, for 15 minutes. The link needs no key, and shows nothing but this file.',
      resolve: ({ wire, via }, _args, { mediaUrl }) => mediaUrl(wire, via.credential.id),
    }),
    dateCreated: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When Twilio stored the file.',
      resolve: ({ wire }) => toIsoDate(wire.date_created),
    }),
    dateUpdated: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the file last changed.',
      resolve: ({ wire }) => toIsoDate(wire.date_updated),
    }),
  }),
});
