import type { WireAccount } from '../twilio/resources/accounts.ts';
import type { HistoryEngine } from './engine.ts';
import type { HistoryAccounts } from './history-store.ts';

/** The accounts themselves, as JSON beside their policies: a field that Twilio adds needs no column. */
export function createHistoryAccounts({ db }: Pick<HistoryEngine, 'db'>): HistoryAccounts {
  return {
    async saveAccount({ account, readAt }) {
      await db
        .updateTable('history_account')
        .set({ record: JSON.stringify(account), record_at: readAt.getTime() })
        .where('sid', '=', account.sid)
        .where('enabled', '=', 1)
        .execute();
    },

    async account(accountSid) {
      const row = await db
        .selectFrom('history_account')
        .select(['record', 'record_at'])
        .where('sid', '=', accountSid)
        .where('enabled', '=', 1)
        .executeTakeFirst();
      if (!row?.record || row.record_at === null) return null;
      return { account: JSON.parse(row.record) as WireAccount, readAt: new Date(Number(row.record_at)) };
    },
  };
}
