import { asObject, createForm, isTextOrNothing, requireText } from '../parse.ts';
import { defineResource, pathOf } from '../resource.ts';
import { impossibleSid, SID_PREFIX, sidExpression } from '../sid.ts';
import { messages } from './messages.ts';

/** A media item with Twilio's own field names. https://www.twilio.com/docs/messaging/api/media-resource */
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
  probe: (AccountSid) => ({ AccountSid, MessageSid: impossibleSid(SID_PREFIX.message) }),
  list: {
    label: 'media_list',
    template: '/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json',
    key: 'media_list',
    permission: {
      name: 'MEDIA_LIST',
      // Not in Twilio's documentation. Where Twilio refuses a read, the error has Twilio's own name.
      twilioName: '/twilio/messaging/media/list',
      description: 'To list the media of a message.',
    },
    // A final message has all of its media, so the list is cached only along with the message.
    lifetime: (_, { messageMs }, { AccountSid = '', MessageSid = '' }, isCached) =>
      isCached(pathOf(messages.read, { AccountSid, Sid: MessageSid })) ? messageMs : 0,
  },
});

const MEDIA_SID = createForm(sidExpression(SID_PREFIX.media));
const ACCOUNT_SID = createForm(sidExpression(SID_PREFIX.account));
const MESSAGE_SID = createForm(sidExpression(SID_PREFIX.message));

function parseMedia(value: unknown): WireMedia {
  const item = asObject(value, 'a media item') as unknown as WireMedia;
  requireText(item.sid, 'media item', 'sid', MEDIA_SID);
  requireText(item.account_sid, 'media item', 'account_sid', ACCOUNT_SID);
  requireText(item.parent_sid, 'media item', 'parent_sid', MESSAGE_SID);
  if (!isTextOrNothing(item.content_type)) item.content_type = null;
  if (!isTextOrNothing(item.date_created)) item.date_created = null;
  if (!isTextOrNothing(item.date_updated)) item.date_updated = null;
  return item;
}
