import type { TwilioClient } from '../twilio/client.ts';
import type { ReadScope } from '../twilio/http.ts';
import { TwilioError } from '../twilio-error.ts';
import { isNotFound } from './explain-refusal.ts';

/** Twilio's own names for the four permissions the gateway needs. */
export const PERMISSIONS = {
  MESSAGES_READ: '/twilio/messaging/messages/read',
  MESSAGES_LIST: '/twilio/messaging/messages/list',
  ACCOUNTS_READ: '/twilio/iam/accounts/read',
  ACCOUNTS_LIST: '/twilio/iam/accounts/list',
} as const;

export type TwilioPermission = keyof typeof PERMISSIONS;
export type TwilioPermissionName = (typeof PERMISSIONS)[TwilioPermission];

export interface PermissionCheck {
  readonly permission: TwilioPermission;
  readonly granted: boolean;
  readonly checkedAt: Date;
}

/** No message has this SID, so that reading it tells "not found" (allowed) from "not permitted". */
const IMPOSSIBLE_SID = `SM${'0'.repeat(32)}`;

/**
 * Finds out what a credential may do by trying each read once, on as little as possible: Twilio has no call
 * that lists an app's permissions to the app.
 *
 * @throws whatever else goes wrong: then nothing is known about any permission
 */
export async function probePermissions(
  client: TwilioClient,
  accountSid: string,
  scope: ReadScope,
): Promise<PermissionCheck[]> {
  const one = { name: null, pageSize: 1, filters: [] };
  // What was read before tells nothing of what is permitted now.
  const fresh: ReadScope = { signal: scope.signal, upstreamCalls: 0, fresh: true };
  const reads: Record<TwilioPermission, () => Promise<unknown>> = {
    MESSAGES_READ: () => client.message(accountSid, IMPOSSIBLE_SID, fresh),
    MESSAGES_LIST: () => client.messages(accountSid, one, fresh),
    ACCOUNTS_READ: () => client.account(accountSid, fresh),
    ACCOUNTS_LIST: () => client.accounts(one, fresh),
  };
  const permissions = Object.keys(PERMISSIONS) as TwilioPermission[];
  const granted = await Promise.all(permissions.map((permission) => isGranted(reads[permission])));
  scope.upstreamCalls += fresh.upstreamCalls;
  const checkedAt = new Date();
  return permissions.map((permission, index) => ({
    permission,
    granted: granted[index] === true,
    checkedAt,
  }));
}

async function isGranted(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isNotFound(error)) return true;
    if (error instanceof TwilioError && error.code === 70051) return false;
    throw error;
  }
}
