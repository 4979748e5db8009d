/** An account as one of the caller's credentials lists it. */
export interface ListedAccount {
  readonly sid: string;
  readonly ownerAccountSid: string | null | undefined;
}

/** An account with its place below its parent. */
export interface TreeAccount<Account extends ListedAccount> {
  readonly account: Account;
  readonly isSubaccount: boolean;
}

/**
 * Merges the lists of several credentials: each account once, and subaccounts behind their parent. A subaccount whose
 * parent is in no list stands for itself.
 */
export function toTree<Account extends ListedAccount>(
  lists: readonly (readonly Account[])[],
): TreeAccount<Account>[] {
  const accounts = new Map<string, Account>();
  for (const account of lists.flat()) if (!accounts.has(account.sid)) accounts.set(account.sid, account);
  const isBelow = ({ sid, ownerAccountSid }: Account) =>
    ownerAccountSid != null && ownerAccountSid !== sid && accounts.has(ownerAccountSid);
  return [...accounts.values()]
    .filter((account) => !isBelow(account))
    .flatMap((account) => [
      { account, isSubaccount: false },
      ...[...accounts.values()]
        .filter((other) => isBelow(other) && other.ownerAccountSid === account.sid)
        .map((other) => ({ account: other, isSubaccount: true })),
    ]);
}
