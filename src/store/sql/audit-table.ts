import type { AuditLog } from '../store.ts';
import type { Database } from './database.ts';
import { notEmpty } from './values.ts';

/** Appends to and reads the audit log. Triggers in the database make it append-only. */
export function createAuditTable(database: Database): AuditLog {
  return {
    async appendAudit({ at, actor, action, target, origin, detail }) {
      const values = {
        at: at.getTime(),
        actor: notEmpty('actor', actor),
        action: notEmpty('action', action),
        target,
        origin,
        detail: detail && JSON.stringify(detail),
      };
      await database.run((db) => db.insertInto('audit_log').values(values).execute());
    },

    async listAudit({ limit, before, actor, action, since, until }) {
      const rows = await database.run((db) =>
        db
          .selectFrom('audit_log')
          .selectAll()
          .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
          .$if(actor !== undefined, (query) => query.where('actor', '=', actor ?? ''))
          .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
          .$if(since !== undefined, (query) => query.where('at', '>=', since?.getTime() ?? 0))
          .$if(until !== undefined, (query) => query.where('at', '<=', until?.getTime() ?? 0))
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
      );
      return rows.map(({ at, detail, ...row }) => ({
        ...row,
        at: new Date(at),
        detail: detail === null ? null : (JSON.parse(detail) as Record<string, unknown>),
      }));
    },
  };
}
