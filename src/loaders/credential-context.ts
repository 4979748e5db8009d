import type { Role } from '../auth/caller.ts';
import type { Credential } from '../credentials/credential.ts';
import type { ReadScope } from '../twilio/http.ts';
import type { TwilioPage } from '../twilio/page.ts';
import type { WireMessage } from '../twilio/wire.ts';
import type { CredentialAccess } from './access.ts';
import { type AccountLists, createAccountLists } from './account-lists.ts';
import { type AccountLoader, createAccountLoader } from './account-loader.ts';
import { capCalls } from './cap-calls.ts';
import { type Attempt, explainRefusal } from './explain-refusal.ts';
import { createMessageLists, type MessageLists } from './message-lists.ts';
import {
  createMediaLoader,
  createMessageLoader,
  type MediaLoader,
  type MessageLoader,
} from './message-loaders.ts';
import { PERMISSIONS, type PermissionCheck, probePermissions } from './permissions.ts';

/** Everything one GraphQL request reads under one credential. Errors are those the client may see. */
export interface CredentialContext {
  readonly credential: Credential;
  readonly account: AccountLoader;
  readonly message: MessageLoader;
  readonly media: MediaLoader;
  readonly messages: MessageLists;
  readonly accounts: AccountLists;
  /** As last checked; probed when that was never done. */
  permissions(): Promise<readonly PermissionCheck[]>;
}

export interface ContextOptions {
  /** The caller's, who is told what to do about a refusal. @default 'ADMIN' */
  readonly role?: Role | undefined;
  readonly scope: ReadScope;
  /** How many items a gateway-side filter may look at for one connection. */
  readonly scanBudget: number;
  /** Calls to Twilio that one operation may make under one credential. @default any number */
  readonly maxCalls?: number | undefined;
  readonly now: () => number;
  /** Keeps what a probe found. Does not fail: what was found is true also where it cannot be kept. */
  readonly savePermissions: (credentialId: string, checks: readonly PermissionCheck[]) => Promise<void>;
}

export function createCredentialContext(
  credential: Credential,
  access: CredentialAccess,
  options: ContextOptions,
): CredentialContext {
  const { client, scope } = capCalls(access.client, options.scope, {
    max: options.maxCalls ?? Number.POSITIVE_INFINITY,
    nickname: credential.nickname,
  });
  const reads = { client, retention: access.retention, telemetry: access.telemetry };
  const bounds = { ...options, scope };
  const attempt: Attempt = (accountSid = credential.accountSid) => ({
    credential,
    accountSid,
    role: options.role,
  });
  const account = createAccountLoader(client, scope, attempt);
  const seen: TwilioPage<WireMessage>[] = [];
  const message = createMessageLoader(client, scope, attempt, seen);

  return {
    credential,
    account,
    message,
    media: createMediaLoader(client, scope, attempt),
    messages: createMessageLists(reads, attempt, bounds, (page) => {
      seen.push(page);
    }),
    accounts: createAccountLists(reads, attempt, bounds, (page) => {
      for (const item of page.items) account.prime(item.sid, item);
    }),
    async permissions() {
      if (credential.permissions.length > 0) return credential.permissions;
      // A probe that another request began fails when that request ends early: no reason to fail this one.
      const others = access.permissions;
      if (others) {
        const known = await others.catch(() => undefined);
        if (known) return known;
        if (access.permissions === others) access.permissions = undefined;
      }
      access.permissions ??= probePermissions(client, credential.accountSid, scope).then(async (checks) => {
        await options.savePermissions(credential.id, checks);
        return checks;
      });
      const probe = access.permissions;
      try {
        return await probe;
      } catch (error) {
        if (access.permissions === probe) access.permissions = undefined;
        throw explainRefusal(error, { ...attempt(), permission: PERMISSIONS.ACCOUNTS_READ });
      }
    },
  };
}
