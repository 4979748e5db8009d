import type { GatewayStore } from '../credentials/store.ts';
import type { Logger } from '../log.ts';
import type { Actor } from './actor.ts';

/** Writes down who did what: one line in the append-only table and one in the log. Never with a secret. */
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
      // The change itself is made and acknowledged; the log has the line that the table lacks.
      log.error({ err: error, audit: action, target }, 'the audit could not be written to the store');
    }
  };
}
