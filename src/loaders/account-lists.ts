import { decodeCursor, encodeCursor, hashList } from '../history/cursor.ts';
import type { ListSource } from '../history/list-source.ts';
import { readWindow } from '../history/window.ts';
import type { PageName, TwilioPage } from '../twilio/page.ts';
import type { WireAccount } from '../twilio/wire.ts';
import type { CredentialAccess } from './access.ts';
import type { ContextOptions } from './credential-context.ts';
import { type CursorWindow, withCursors } from './cursor-window.ts';
import { type Attempt, explainRefusal } from './explain-refusal.ts';
import { createPageLoader } from './page-loader.ts';
import { cursorIn, type Paging, toWindowRequest } from './paging.ts';
import { PERMISSIONS } from './permissions.ts';

/** What accounts may be filtered by; Twilio does both. */
export interface AccountCriteria {
  readonly friendlyName?: string | null | undefined;
  /** In Twilio's word. */
  readonly status?: string | null | undefined;
  /** Only the subaccounts of this account, without the account itself. */
  readonly subaccountsOf?: string | undefined;
}

/** Reads a part of the list of accounts that the credential sees. */
export type AccountLists = (criteria: AccountCriteria, paging: Paging) => Promise<CursorWindow<WireAccount>>;

export function createAccountLists(
  { client }: Pick<CredentialAccess, 'client'>,
  attempt: Attempt,
  { scope, scanBudget }: ContextOptions,
  seen: (page: TwilioPage<WireAccount>) => void,
): AccountLists {
  interface Key {
    name: PageName | null;
    pageSize: number;
    filters: readonly (readonly [string, string])[];
  }
  const pages = createPageLoader<WireAccount, Key>(
    (page) => client.accounts(page, scope),
    (key) => JSON.stringify(key),
    seen,
  );

  return async (criteria, paging) => {
    const { friendlyName, status, subaccountsOf } = criteria;
    // What the list holds depends on who asks, so an account cursor is bound to its credential's account.
    const { credential } = attempt();
    const listHash = hashList('accounts', credential.accountSid, criteria);
    const request = toWindowRequest(paging, (cursor, argument) => decodeCursor(listHash, cursor, argument));
    const filters: [string, string][] = [];
    if (friendlyName) filters.push(['FriendlyName', friendlyName]);
    if (status) filters.push(['Status', status]);
    const source: ListSource<WireAccount> = {
      fetchPage: (name, pageSize) => pages.load({ name, pageSize, filters }),
      sidOf: (account) => account.sid,
      // The account itself comes first, whatever its date: the order is not by time alone.
      timeOf: () => null,
      fixedPageSize: true,
    };
    const accept = ({ sid, owner_account_sid }: WireAccount) =>
      subaccountsOf === undefined || (owner_account_sid === subaccountsOf && sid !== subaccountsOf);
    try {
      const window = await readWindow(source, request, { accept, selective: false }, scanBudget);
      return withCursors(source, window, (position) => encodeCursor(listHash, position));
    } catch (error) {
      throw explainRefusal(error, {
        ...attempt(),
        permission: PERMISSIONS.ACCOUNTS_LIST,
        cursorIn: cursorIn(paging),
      });
    }
  };
}
