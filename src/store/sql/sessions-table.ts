import { type BrowserSessions, MAX_SESSIONS } from '../store.ts';
import type { Database } from './database.ts';

/** Stores the sessions of browsers until logout or expiry. */
export function createSessionsTable(database: Database): BrowserSessions {
  return {
    async addSession({ id, dateCreated, dateExpires }) {
      await database.transact(async (transaction) => {
        await transaction
          .deleteFrom('page_sessions')
          .where('date_expires', '<=', dateCreated.getTime())
          .execute();
        const sessions = await transaction
          .selectFrom('page_sessions')
          .select('id')
          .orderBy('date_created', 'desc')
          .execute();
        const oldest = sessions.slice(MAX_SESSIONS - 1).map((session) => session.id);
        if (oldest.length > 0) {
          await transaction.deleteFrom('page_sessions').where('id', 'in', oldest).execute();
        }
        await transaction
          .insertInto('page_sessions')
          .values({ id, date_created: dateCreated.getTime(), date_expires: dateExpires.getTime() })
          .execute();
      });
    },

    async hasSession(id) {
      const row = await database.run((db) =>
        db.selectFrom('page_sessions').select('id').where('id', '=', id).executeTakeFirst(),
      );
      return row !== undefined;
    },

    async endSession(id) {
      await database.run((db) => db.deleteFrom('page_sessions').where('id', '=', id).execute());
    },
  };
}
