import { channelOf, isFinal } from '../../delivery/outcome.ts';
import { asObject, nullUnless, nullUnlessText, requireText } from '../parse.ts';
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

/** Counts and amounts come as strings. */
const COUNT = /^\d{1,10}$/;
const FORMS = {
  num_segments: COUNT,
  num_media: COUNT,
  price: /^-?\d{1,20}(?:\.\d{1,20})?$/,
  price_unit: /^[A-Za-z]{3}$/,
  messaging_service_sid: sidExpression(SID_PREFIX.messagingService),
};

const FORM_ENTRIES = Object.entries(FORMS);

/** The other fields that are text or null. Dates are checked where they are read. */
const TEXTS = [
  'body',
  'from',
  'to',
  'direction',
  'error_message',
  'date_created',
  'date_sent',
  'date_updated',
] as const;

/**
 * Checks what the gateway relies on: SIDs and a status. Any other field of an unexpected type or form becomes null,
 * never a failed page: code compiled from a query takes both for granted.
 */
function parseMessage(value: unknown): WireMessage {
  const message = asObject(value, 'a message');
  requireText(message, 'message', 'sid', sidExpression(SID_PREFIX.message));
  requireText(message, 'message', 'account_sid', sidExpression(SID_PREFIX.account));
  requireText(message, 'message', 'status');
  nullUnlessText(message, TEXTS);
  for (const [key, form] of FORM_ENTRIES) nullUnless(message, key, form);
  const { error_code: code } = message;
  // GraphQL's Int has 32 bits.
  const isCode = typeof code === 'number' && (code | 0) === code && code >= 0;
  if (code != null && !isCode) message.error_code = null;
  return message as unknown as WireMessage;
}

/**
 * Whether a message, as on the wire, will not change by itself any more; `delivered` on WhatsApp may still become
 * `read`. False for anything that is no message.
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
