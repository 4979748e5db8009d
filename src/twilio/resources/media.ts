import { asObject, nullUnlessText, requireText } from '../parse.ts';
import { defineResource, pathOf } from '../resource.ts';
import { SID_PREFIX, sidExpression } from '../sid.ts';
import { messages } from './messages.ts';

/** A media item in Twilio's own names. https://www.twilio.com/docs/messaging/api/media-resource */
export interface WireMedia {
  sid: string;
  account_sid: string;
  /** The message's SID. */
  parent_sid: string;
  content_type: string | null;
  date_created: string | null;
  date_updated: string | null;
}

export const media = defineResource({
  types: ['Media'],
  sidPrefix: SID_PREFIX.media,
  parse: parseMedia,
  list: {
    label: 'media_list',
    template: '/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json',
    key: 'media_list',
    permission: messages.read.permission,
    // Media come with the message: a settled message has all of its media.
    lifetime: (_, { messageMs }, { AccountSid = '', MessageSid = '' }, isCached) =>
      isCached(pathOf(messages.read, { AccountSid, Sid: MessageSid })) ? messageMs : 0,
  },
});

function parseMedia(value: unknown): WireMedia {
  const item = asObject(value, 'a media item');
  requireText(item, 'media item', 'sid', sidExpression(SID_PREFIX.media));
  requireText(item, 'media item', 'account_sid', sidExpression(SID_PREFIX.account));
  requireText(item, 'media item', 'parent_sid', sidExpression(SID_PREFIX.message));
  nullUnlessText(item, ['content_type', 'date_created', 'date_updated']);
  return item as unknown as WireMedia;
}
