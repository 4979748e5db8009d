import type { Logger } from '../log.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Actor } from './actor.ts';

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
