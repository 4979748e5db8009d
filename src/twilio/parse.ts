import { TwilioResponseError } from '../twilio-error.ts';
import { asRecord } from './page.ts';
import type { WireAccount, WireMedia, WireMessage } from './wire.ts';

export const ACCOUNT_SID = /^AC[0-9a-fA-F]{32}$/;
export const MESSAGE_SID = /^(?:SM|MM)[0-9a-fA-F]{32}$/;
const MEDIA_SID = /^ME[0-9a-fA-F]{32}$/;
/** A status that Twilio added later may be any word. */
const ANY = /(?:)/;

/** A message's fields that are text or null. Dates are checked where they are read. */
const MESSAGE_TEXTS = [
  'body',
  'from',
  'to',
  'direction',
  'error_message',
  'date_created',
  'date_sent',
  'date_updated',
] as const;

/** Counts and amounts come as strings. */
const COUNT = /^\d{1,10}$/;
const MESSAGE_FORMS = [
  ['num_segments', COUNT],
  ['num_media', COUNT],
  ['price', /^-?\d{1,20}(?:\.\d{1,20})?$/],
  ['price_unit', /^[A-Za-z]{3}$/],
  ['messaging_service_sid', /^MG[0-9a-fA-F]{32}$/],
] as const;

/**
 * Checks what the gateway relies on (SIDs, a status). Any other field of an unexpected type or form becomes null
 * here, never a failed page: what reads it later, such as code compiled from a query, takes both for granted.
 */
export function parseMessage(value: unknown): WireMessage {
  const message = asRecord(value, 'a message');
  requireForm(message, 'message', 'sid', MESSAGE_SID);
  requireForm(message, 'message', 'account_sid', ACCOUNT_SID);
  requireForm(message, 'message', 'status', ANY);
  nullUnlessText(message, MESSAGE_TEXTS);
  for (const [key, form] of MESSAGE_FORMS) {
    if (message[key] != null && inForm(message[key], form) === null) message[key] = null;
  }
  const { error_code: code } = message;
  // GraphQL's Int has 32 bits.
  const isCode = typeof code === 'number' && (code | 0) === code && code >= 0;
  if (code != null && !isCode) message.error_code = null;
  return message as unknown as WireMessage;
}

/** Copies field by field, so that `auth_token`, which is in the payload, ends here. */
export function parseAccount(value: unknown): WireAccount {
  const account = asRecord(value, 'an account');
  requireForm(account, 'account', 'sid', ACCOUNT_SID);
  return {
    sid: account.sid as string,
    friendly_name: stringOrNull(account.friendly_name),
    status: stringOrNull(account.status),
    type: stringOrNull(account.type),
    owner_account_sid: inForm(account.owner_account_sid, ACCOUNT_SID),
    date_created: stringOrNull(account.date_created),
    date_updated: stringOrNull(account.date_updated),
  };
}

const MEDIA_TEXTS = ['content_type', 'date_created', 'date_updated'] as const;

export function parseMedia(value: unknown): WireMedia {
  const media = asRecord(value, 'a media item');
  requireForm(media, 'media item', 'sid', MEDIA_SID);
  requireForm(media, 'media item', 'account_sid', ACCOUNT_SID);
  requireForm(media, 'media item', 'parent_sid', MESSAGE_SID);
  nullUnlessText(media, MEDIA_TEXTS);
  return media as unknown as WireMedia;
}

function requireForm(record: Record<string, unknown>, what: string, key: string, form: RegExp): void {
  const value = record[key];
  if (typeof value !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  if (!form.test(value)) throw new TwilioResponseError(`a ${what} has a malformed ${key}`);
}

function inForm(value: unknown, form: RegExp): string | null {
  return typeof value === 'string' && form.test(value) ? value : null;
}

/** In place: the payload is ours, and nearly always right. */
function nullUnlessText(record: Record<string, unknown>, keys: readonly string[]): void {
  for (const key of keys) if (record[key] != null && typeof record[key] !== 'string') record[key] = null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
