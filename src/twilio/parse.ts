import { TwilioResponseError } from '../twilio-error.ts';
import { asRecord } from './page.ts';
import type { WireAccount, WireMedia, WireMessage } from './wire.ts';

/** A message's fields that are text or null; a count is a number as a string. */
const MESSAGE_TEXTS = [
  'body',
  'from',
  'to',
  'direction',
  'error_message',
  'num_segments',
  'num_media',
  'price',
  'price_unit',
  'messaging_service_sid',
  'date_created',
  'date_sent',
  'date_updated',
] as const;

/**
 * Checks what the gateway relies on (SIDs, a status). A field of an unexpected type becomes null here, never a
 * failed page: what reads it later, such as code compiled from a query, takes its type for granted.
 */
export function parseMessage(value: unknown): WireMessage {
  const message = asRecord(value, 'a message');
  requireStrings(message, 'message', ['sid', 'account_sid', 'status']);
  nullUnlessText(message, MESSAGE_TEXTS);
  const { error_code: code } = message;
  // GraphQL's Int has 32 bits.
  if (code != null && (typeof code !== 'number' || (code | 0) !== code)) message.error_code = null;
  return message as unknown as WireMessage;
}

/** Copies field by field, so that `auth_token`, which is in the payload, ends here. */
export function parseAccount(value: unknown): WireAccount {
  const account = asRecord(value, 'an account');
  requireStrings(account, 'account', ['sid']);
  return {
    sid: account.sid as string,
    friendly_name: stringOrNull(account.friendly_name),
    status: stringOrNull(account.status),
    type: stringOrNull(account.type),
    owner_account_sid: stringOrNull(account.owner_account_sid),
    date_created: stringOrNull(account.date_created),
    date_updated: stringOrNull(account.date_updated),
  };
}

const MEDIA_TEXTS = ['content_type', 'date_created', 'date_updated'] as const;

export function parseMedia(value: unknown): WireMedia {
  const media = asRecord(value, 'a media item');
  requireStrings(media, 'media item', ['sid', 'account_sid', 'parent_sid']);
  nullUnlessText(media, MEDIA_TEXTS);
  return media as unknown as WireMedia;
}

function requireStrings(record: Record<string, unknown>, what: string, keys: readonly string[]): void {
  for (const key of keys) {
    if (typeof record[key] !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  }
}

/** In place: the payload is ours, and nearly always right. */
function nullUnlessText(record: Record<string, unknown>, keys: readonly string[]): void {
  for (const key of keys) if (record[key] != null && typeof record[key] !== 'string') record[key] = null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
