import { channelOf, isFinal } from '../../delivery/outcome.ts';
import { asObject, createForm, isTextOrNothing, requireText } from '../parse.ts';
import { defineResource, type Permission } from '../resource.ts';
import { SID_PREFIX, sidExpression } from '../sid.ts';

/** A message in Twilio's own names. https://www.twilio.com/docs/messaging/api/message-resource */
export interface WireMessage {
  sid: string;
  account_sid: string;
  /** `""` when redacted. */
  body: string | null;
  /** Null while a Messaging Service has not chosen a sender. */
  from: string | null;
  to: string | null;
  direction: string | null;
  status: string;
  error_code: number | null;
  error_message: string | null;
  /** A number as a string; `"0"` while no sender is chosen. */
  num_segments: string | null;
  num_media: string | null;
  /** Negative, five decimals, e.g. `"-0.00750"`; null until billed. */
  price: string | null;
  price_unit: string | null;
  messaging_service_sid: string | null;
  /** RFC 2822, as all dates here. */
  date_created: string | null;
  date_sent: string | null;
  date_updated: string | null;
}

const MESSAGES_READ: Permission = {
  name: 'MESSAGES_READ',
  twilioName: '/twilio/messaging/messages/read',
  description: 'To read one message.',
};

export const messages = defineResource({
  types: ['Message'],
  sidPrefix: SID_PREFIX.message,
  parse: parseMessage,
  read: {
    label: 'message',
    template: '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json',
    permission: MESSAGES_READ,
    lifetime: (json, { messageMs }) => (isSettled(json) ? messageMs : 0),
  },
  list: {
    label: 'messages_list',
    template: '/2010-04-01/Accounts/{AccountSid}/Messages.json',
    key: 'messages',
    permission: {
      name: 'MESSAGES_LIST',
      twilioName: '/twilio/messaging/messages/list',
      description: 'To list messages.',
    },
    lifetime: (json, { pageMs }) => (isSettledPage(json) ? pageMs : 0),
  },
});

const MESSAGE_SID = createForm(sidExpression(SID_PREFIX.message));
const ACCOUNT_SID = createForm(sidExpression(SID_PREFIX.account));
const SERVICE_SID = createForm(sidExpression(SID_PREFIX.messagingService));
// Counts and amounts come as strings.
const SEGMENTS = createForm(/^\d{1,10}$/);
const MEDIA_COUNT = createForm(/^\d{1,10}$/);
const PRICE = createForm(/^-?\d{1,20}(?:\.\d{1,20})?$/);
const CURRENCY = createForm(/^[A-Za-z]{3}$/);

/**
 * Requires SIDs and a status. Any other field of an unexpected type or form becomes null, because compiled queries do not
 * check values. It changes the payload in place, field by field: a loop takes twice as long. Dates are checked where
 * they are read.
 */
function parseMessage(value: unknown): WireMessage {
  const message = asObject(value, 'a message') as unknown as WireMessage;
  requireText(message.sid, 'message', 'sid', MESSAGE_SID);
  requireText(message.account_sid, 'message', 'account_sid', ACCOUNT_SID);
  requireText(message.status, 'message', 'status');
  if (!isTextOrNothing(message.body)) message.body = null;
  if (!isTextOrNothing(message.from)) message.from = null;
  if (!isTextOrNothing(message.to)) message.to = null;
  if (!isTextOrNothing(message.direction)) message.direction = null;
  if (!isTextOrNothing(message.error_message)) message.error_message = null;
  if (!isTextOrNothing(message.date_created)) message.date_created = null;
  if (!isTextOrNothing(message.date_sent)) message.date_sent = null;
  if (!isTextOrNothing(message.date_updated)) message.date_updated = null;
  if (!isTextOrNothing(message.num_segments, SEGMENTS)) message.num_segments = null;
  if (!isTextOrNothing(message.num_media, MEDIA_COUNT)) message.num_media = null;
  if (!isTextOrNothing(message.price, PRICE)) message.price = null;
  if (!isTextOrNothing(message.price_unit, CURRENCY)) message.price_unit = null;
  if (!isTextOrNothing(message.messaging_service_sid, SERVICE_SID)) message.messaging_service_sid = null;
  if (!isCodeOrNothing(message.error_code)) message.error_code = null;
  return message;
}

/** GraphQL's Int has 32 bits. */
function isCodeOrNothing(value: unknown): boolean {
  return value == null || (typeof value === 'number' && (value | 0) === value && value >= 0);
}

/**
 * Whether a message, as on the wire, will not change by itself any more; `delivered` on WhatsApp may still become
 * `read`. False for anything that is not a message.
 */
export function isSettled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as Partial<Pick<WireMessage, 'status' | 'from' | 'to'>> & { num_media?: string };
  return typeof message.status === 'string' && isFinal(message.status, channelOf(message));
}

function isSettledPage(json: unknown): boolean {
  const found = (json as { messages?: unknown } | null)?.messages;
  return Array.isArray(found) && found.every(isSettled);
}
