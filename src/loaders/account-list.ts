import type { ListSource } from '../pagination/list-source.ts';
import { accounts, type WireAccount } from '../twilio/resources/accounts.ts';
import { type Attempt, explainRejection } from './explain-rejection.ts';
import { type CursorSlice, cursorIn, type LoadPage, type Paging, readCursorSlice } from './list-reader.ts';

/** The conditions of an account list; Twilio filters the first two. */
export interface AccountCriteria {
  readonly friendlyName?: string | null | undefined;
  /** In Twilio's spelling, e.g. `active`. */
  readonly status?: string | null | undefined;
  /** Only the subaccounts of this account, without the account itself. */
  readonly subaccountsOf?: string | undefined;
}

/** Reads a part of the list of accounts that the credential sees. */
export type AccountList = (criteria: AccountCriteria, paging: Paging) => Promise<CursorSlice<WireAccount>>;

export function createAccountList(
  loadPage: LoadPage<WireAccount>,
  attempt: Attempt,
  scanBudget: number,
): AccountList {
  return async (criteria, paging) => {
    const { friendlyName, status, subaccountsOf } = criteria;
    const filters: [string, string][] = [];
    if (friendlyName) filters.push(['FriendlyName', friendlyName]);
    if (status) filters.push(['Status', status]);
    const source: ListSource<WireAccount> = {
      fetchPage: (name, pageSize) => loadPage({ params: {}, name, pageSize, filters }),
      sidOf: ({ sid }) => sid,
      // The account itself comes first, whatever its date, so the list is not sorted by time.
      timeOf: () => null,
      fixedPageSize: accounts.list.fixedPageSize ?? false,
    };
    const filter = {
      accept: ({ sid, owner_account_sid }: WireAccount) =>
        subaccountsOf === undefined || (owner_account_sid === subaccountsOf && sid !== subaccountsOf),
      selective: false,
    };
    // The list depends on the credential, so its cursors are bound to the credential's account.
    const listParts = ['accounts', attempt().credential.accountSid, criteria];
    try {
      return await readCursorSlice(source, filter, paging, listParts, scanBudget);
    } catch (error) {
      throw explainRejection(error, {
        ...attempt(),
        permission: accounts.list.permission,
        cursorIn: cursorIn(paging),
      });
    }
  };
}
