import type { Role } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { GatewayStore } from '../store/store.ts';
import { explainStoreError } from '../store/store-errors.ts';

/** The caller of an admin operation, as recorded in the audit log. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** An address, or `cli`. */
  readonly origin: string | null;
}

/** Runs an ADMIN-only operation and maps errors of the store to errors for clients. @throws {FORBIDDEN} */
export async function asAdmin<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
  if (actor.role !== 'ADMIN') throw gatewayError('FORBIDDEN', actor.name);
  try {
    return await work();
  } catch (error) {
    throw explainStoreError(error);
  }
}

/** Records an admin operation in the append-only audit table and in the log, without secrets. */
export type Audit = (
  actor: Actor,
  action: string,
  target: string | null,
  detail: Readonly<Record<string, unknown>>,
) => Promise<void>;

export function createAudit(store: GatewayStore, log: Logger, now: () => number = Date.now): Audit {
  return async ({ name: actor, origin }, action, target, detail) => {
    log.info({ audit: action, actor, origin, target, ...detail }, 'audit');
    try {
      await store.appendAudit({ at: new Date(now()), actor, action, target, origin, detail });
    } catch (error) {
      // The operation itself succeeded, and the log has the entry.
      log.error({ err: error, audit: action, target }, 'audit entry not stored');
    }
  };
}
