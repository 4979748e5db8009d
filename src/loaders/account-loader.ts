import DataLoader from 'dataloader';
import { rejectCycles } from '../history/cycle.ts';
import { MAX_PAGES } from '../history/list-source.ts';
import { MAX_PAGE_SIZE, type TwilioClient } from '../twilio/client.ts';
import type { ReadScope } from '../twilio/http.ts';
import type { PageName } from '../twilio/page.ts';
import type { WireAccount } from '../twilio/wire.ts';
import { type Attempt, asError, explainRefusal, isNotFound, isRefused } from './explain-refusal.ts';
import { PERMISSIONS } from './permissions.ts';

/** Accounts by SID; null for one that does not exist. */
export type AccountLoader = DataLoader<string, WireAccount | null>;

/**
 * Many SIDs cost one list call: a parent has at most a thousand subaccounts by default, which is one page.
 * What the list lacks, or all where the list is not permitted, is fetched one by one.
 */
export function createAccountLoader(client: TwilioClient, scope: ReadScope, attempt: Attempt): AccountLoader {
  const fetchOne = async (sid: string): Promise<WireAccount | null | Error> => {
    try {
      return await client.account(sid, scope);
    } catch (error) {
      const read = { ...attempt(sid), permission: PERMISSIONS.ACCOUNTS_READ };
      if (isNotFound(error) && sid === read.credential.accountSid) return null;
      return asError(explainRefusal(error, read));
    }
  };

  // The wanted accounts as far as the list has them. Where listing is not permitted, single reads may still be.
  const list = async (wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, WireAccount>> => {
    const accounts = new Map<string, WireAccount>();
    try {
      const rejectCycle = rejectCycles<WireAccount>((account) => account.sid);
      let name: PageName | null = null;
      let pages = 0;
      do {
        const page = await client.accounts({ name, pageSize: MAX_PAGE_SIZE, filters: [] }, scope);
        rejectCycle(page);
        for (const account of page.items) if (wanted.has(account.sid)) accounts.set(account.sid, account);
        name = page.next;
        pages += 1;
      } while (name && pages < MAX_PAGES && accounts.size < wanted.size);
    } catch (error) {
      if (isRefused(error)) return accounts;
      throw explainRefusal(error, { ...attempt(), permission: PERMISSIONS.ACCOUNTS_LIST });
    }
    return accounts;
  };

  return new DataLoader(async (sids) => {
    const listed = sids.length > 1 ? await list(new Set(sids)) : new Map<string, WireAccount>();
    return Promise.all(sids.map((sid) => listed.get(sid) ?? fetchOne(sid)));
  });
}
