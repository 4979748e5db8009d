import { TwilioResponseError } from '../twilio-error.ts';
import { asRecord } from './page.ts';
import type { WireAccount, WireMedia, WireMessage } from './wire.ts';

/**
 * Checks what the gateway relies on (SIDs, a status) and takes the rest as it comes: a field of an
 * unexpected type becomes null where a resolver reads it, never a failed page.
 */
export function parseMessage(value: unknown): WireMessage {
  const message = asRecord(value, 'a message');
  requireStrings(message, 'message', ['sid', 'account_sid', 'status']);
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

export function parseMedia(value: unknown): WireMedia {
  const media = asRecord(value, 'a media item');
  requireStrings(media, 'media item', ['sid', 'account_sid', 'parent_sid']);
  return media as unknown as WireMedia;
}

function requireStrings(record: Record<string, unknown>, what: string, keys: readonly string[]): void {
  for (const key of keys) {
    if (typeof record[key] !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  }
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
