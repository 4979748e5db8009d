import { AccountConnectionRef, AccountInterface, listAccounts } from './account-connections.ts';
import { AccountFilterInput } from './account-enums.ts';
import { AccountSelectionInput, IN_DESCRIPTION, selectAccounts } from './account-selection.ts';
import { builder } from './builder.ts';
import { accountList, messageList, oneRead } from './cost.ts';
import { rejectHiddenFilters } from './hidden-filters.ts';
import { listMessages, MessageConnectionRef, MessageRef } from './message-connection.ts';
import {
  MessageOrderEnum,
  MessageSourceEnum,
  ORDER_DESCRIPTION,
  SOURCE_DESCRIPTION,
} from './message-enums.ts';
import { MessageFilterInput } from './message-filter.ts';
import { loadAccount, loadMessage } from './nodes.ts';

const accountSidDescription = "The account to read. By default that of the request's credential.";

/** The four queries for accounts and messages, with the request's credential. */
builder.queryFields((t) => ({
  account: t.field({
    type: AccountInterface,
    nullable: true,
    complexity: oneRead,
    description:
      'Retrieves one account. Null when it does not exist. Example: `{ account { sid friendlyName status } }`',
    args: { sid: t.arg({ type: 'AccountSid', description: accountSidDescription }) },
    resolve: (_root, { sid }, { loaders }) => {
      const own = loaders.own();
      const accountSid = sid ?? own.credential.accountSid;
      return loadAccount(loaders.forAccount(accountSid, own), accountSid);
    },
  }),
  accounts: t.connection(
    {
      type: AccountInterface,
      nullable: true,
      complexity: accountList,
      description:
        "Lists the accounts the request's credential can see: its own and, for a parent account, the subaccounts. Example: `{ accounts(first: 10) { nodes { sid friendlyName } } }`",
      args: { filter: t.arg({ type: AccountFilterInput, description: 'Which accounts to list.' }) },
      resolve: (_root, args, { loaders }) => listAccounts(loaders.own(), args),
    },
    AccountConnectionRef,
  ),
  message: t.field({
    type: MessageRef,
    nullable: true,
    complexity: oneRead,
    description:
      'Retrieves one message. Null when it does not exist (any more). Example: `query($sid: MessageSid!) { message(sid: $sid) { status body } }`',
    args: {
      accountSid: t.arg({ type: 'AccountSid', description: accountSidDescription }),
      sid: t.arg({ type: 'MessageSid', required: true, description: "The message's SID." }),
    },
    resolve: (_root, { accountSid, sid }, { loaders, mask }) => {
      const own = loaders.own();
      const account = accountSid ?? own.credential.accountSid;
      return loadMessage(loaders.forAccount(account, own), account, sid, mask);
    },
  }),
  messages: t.connection(
    {
      type: MessageRef,
      nullable: true,
      complexity: messageList,
      description:
        "Lists the messages of one or more accounts, newest first. By default those of the request's credential. Example: `{ messages(first: 10, filter: { status: [FAILED] }) { nodes { sid to errorCode } pageInfo { endCursor } } }`",
      args: {
        accountSid: t.arg({ type: 'AccountSid', description: accountSidDescription }),
        in: t.arg({ type: AccountSelectionInput, description: IN_DESCRIPTION }),
        filter: t.arg({ type: MessageFilterInput, description: 'Which messages to list.' }),
        orderBy: t.arg({ type: MessageOrderEnum, description: ORDER_DESCRIPTION }),
        source: t.arg({ type: MessageSourceEnum, description: SOURCE_DESCRIPTION }),
      },
      resolve: (_root, { accountSid, in: selection, ...args }, context, info) => {
        rejectHiddenFilters(args.filter, context.mask.policy);
        return listMessages(selectAccounts(context.loaders, selection, accountSid), args, context, info);
      },
    },
    MessageConnectionRef,
  ),
}));
