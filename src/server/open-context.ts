import type { Identity } from '../auth/caller.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { GatewayContext } from '../context.ts';
import type { GatewayStore } from '../credentials/store.ts';
import { createCredentialContexts } from '../loaders/credential-contexts.ts';
import type { PermissionCheck } from '../loaders/permissions.ts';
import type { Logger } from '../log.ts';
import type { Management } from '../management/management.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { RequestScope } from './request-scope.ts';

export interface ContextParts {
  store: GatewayStore;
  sessions: CredentialSessions;
  management: Management;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  scanBudget: number;
  /** To Twilio, for one operation and credential. */
  maxCalls: number;
}

/** Makes what the resolvers of one operation get. */
export type OpenContext = (
  identity: Identity,
  /** Of the credential the request asks for; null for the caller's default. */
  nickname: string | null,
  scope: RequestScope,
) => Promise<GatewayContext>;

export function createOpenContext(parts: ContextParts): OpenContext {
  const { store, sessions, management, log, telemetry, now, scanBudget, maxCalls } = parts;

  const savePermissions = async (id: string, checks: readonly PermissionCheck[]): Promise<void> => {
    await store.savePermissions(id, checks).catch((error) => {
      log.warn({ err: error }, 'what a credential may do could not be written down');
    });
  };

  return async ({ name, role, origin, mayUse }, nickname, scope) => {
    const all = await store.list();
    const credentials = all.filter(mayUse);
    scope.credential = all.find((one) => one.nickname === nickname)?.nickname;
    return {
      caller: { name, role, origin, credentials },
      contexts: createCredentialContexts({
        credentials,
        role,
        nickname,
        sessionOf: sessions.of,
        telemetry,
        scope,
        scanBudget,
        maxCalls,
        now,
        savePermissions,
      }),
      scope,
      management,
      reported: [],
    };
  };
}
