import type { Admin } from '../admin/admin.ts';
import type { Principal } from '../auth/caller.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { GatewayContext } from '../context.ts';
import type { PermissionCheck } from '../loaders/permissions.ts';
import type { OperationScope } from '../loaders/read-summary.ts';
import { createRequestLoaders } from '../loaders/request-loaders.ts';
import type { Logger } from '../log.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface ContextParts {
  store: GatewayStore;
  sessions: CredentialSessions;
  admin: Admin;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  scanBudget: number;
  /** To Twilio, for one operation and credential. */
  maxCalls: number;
}

/** The parts of a GraphQL request that its context depends on. */
export interface OperationRequest {
  readonly principal: Principal;
  /** Of the credential the request names; null for the caller's default. */
  readonly nickname: string | null;
  readonly scope: OperationScope;
  /** The named credential, once it is known that there is one. */
  credential?: string | undefined;
}

/** Makes the context of one operation, which every resolver gets. */
export function createOperationContext(
  parts: ContextParts,
): (request: OperationRequest) => Promise<GatewayContext> {
  const { store, sessions, admin, log, telemetry, now, scanBudget, maxCalls } = parts;

  const savePermissions = async (id: string, checks: readonly PermissionCheck[]): Promise<void> => {
    await store.savePermissions(id, checks).catch((error) => {
      log.warn({ err: error }, 'the permissions of a credential could not be stored');
    });
  };

  return async (request) => {
    const { principal, nickname, scope } = request;
    const { name, role, origin, mayUse } = principal;
    const all = await store.list();
    const credentials = all.filter(mayUse);
    request.credential = all.find((one) => one.nickname === nickname)?.nickname;
    return {
      caller: { name, role, origin, credentials },
      loaders: createRequestLoaders({
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
      admin,
      reported: [],
    };
  };
}
