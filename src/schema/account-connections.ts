import type { AccountCriteria } from '../loaders/account-list.ts';
import type { CredentialLoaders } from '../loaders/credential-loaders.ts';
import type { Paging } from '../loaders/list-reader.ts';
import { AccountNode } from './account-node.ts';
import { builder } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';

/** Defined separately from its fields, because messages and accounts refer to each other. */
export const AccountInterface = builder.interfaceRef<AccountNode>('TwilioAccount');

type AccountListArgs = Paging & { filter?: AccountCriteria | null | undefined };

/** Defined separately from its fields, because accounts and subaccounts refer to each other. */
export const SubaccountRef = builder.objectRef<AccountNode>('Subaccount');

export const AccountConnectionRef = builder.connectionObject<
  typeof AccountInterface,
  Connection<AccountNode>
>(
  {
    name: 'TwilioAccountConnection',
    type: AccountInterface,
    description:
      'A page of the list of accounts: the account itself first, then its subaccounts, newest first.',
  },
  { name: 'TwilioAccountEdge', description: 'An account and its cursor.' },
);

export const SubaccountConnectionRef = builder.connectionObject<
  typeof SubaccountRef,
  Connection<AccountNode>
>(
  {
    name: 'SubaccountConnection',
    type: SubaccountRef,
    description: "A page of the list of an account's subaccounts, newest first.",
  },
  { name: 'SubaccountEdge', description: 'A subaccount and its cursor.' },
);

/** Lists the accounts a credential can see: its own and, for a parent account, the subaccounts. */
export async function listAccounts(
  context: CredentialLoaders,
  { filter, ...paging }: AccountListArgs,
): Promise<Connection<AccountNode>> {
  const slice = await context.accounts(filter ?? {}, paging);
  return toConnection(slice, (wire) => new AccountNode(wire, context));
}

export async function listSubaccounts(
  context: CredentialLoaders,
  ownerSid: string,
  { filter, ...paging }: AccountListArgs,
): Promise<Connection<AccountNode>> {
  const slice = await context.accounts({ ...filter, subaccountsOf: ownerSid }, paging);
  return toConnection(slice, (wire) => new AccountNode(wire, context));
}
