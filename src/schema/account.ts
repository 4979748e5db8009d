import type { GatewayContext } from '../context.ts';
import {
  AccountInterface,
  listSubaccounts,
  SubaccountConnectionRef,
  SubaccountRef,
} from './account-connections.ts';
import { AccountFilterInput, AccountStatusEnum, AccountTypeEnum } from './account-enums.ts';
import type { AccountNode } from './account-node.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { accountList, messageList, noRead, oneRead } from './cost.ts';
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

AccountInterface.implement({
  description: 'A Twilio account: a parent account or one of its subaccounts.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: ({ __typename }) => __typename,
  fields: (t) => ({
    sid: t.expose('sid', { type: 'AccountSid', description: "Twilio's SID." }),
    friendlyName: t.exposeString('friendlyName', {
      nullable: true,
      description: "The name of the account. Twilio's default is the owner's e-mail address.",
    }),
    status: t.expose('status', {
      type: AccountStatusEnum,
      nullable: true,
      description: 'Whether the account can be used. Null for a status this release does not know.',
    }),
    type: t.expose('type', {
      type: AccountTypeEnum,
      nullable: true,
      description: 'Whether it is a trial or a paid account. Null for a type this release does not know.',
    }),
    ownerAccountSid: t.expose('ownerAccountSid', {
      type: 'AccountSid',
      nullable: true,
      description: 'The SID of the parent account; for a parent account, its own SID.',
    }),
    dateCreated: t.expose('dateCreated', {
      type: 'DateTime',
      nullable: true,
      description: 'When the account was created.',
    }),
    dateUpdated: t.expose('dateUpdated', {
      type: 'DateTime',
      nullable: true,
      description: 'When the account last changed.',
    }),
    hasCredential: t.boolean({
      description:
        'Whether the caller may use a credential of this account. Its messages cannot be read without one: a Twilio OAuth app can access only its own account.',
      resolve: ({ wire }, _args, { loaders }) => loaders.hasCredential(wire.sid),
    }),
    message: t.field({
      type: MessageRef,
      nullable: true,
      complexity: oneRead,
      description: 'One message of this account. Null when it does not exist (any more).',
      args: { sid: t.arg({ type: 'MessageSid', required: true, description: "The message's SID." }) },
      resolve: ({ wire, via }, { sid }, { loaders, mask }) =>
        loadMessage(loaders.forAccount(wire.sid, via), wire.sid, sid, mask),
    }),
    messages: t.connection(
      {
        type: MessageRef,
        nullable: true,
        complexity: messageList,
        description: "This account's messages, newest first.",
        args: {
          filter: t.arg({ type: MessageFilterInput, description: 'Which messages to list.' }),
          orderBy: t.arg({ type: MessageOrderEnum, description: ORDER_DESCRIPTION }),
          source: t.arg({ type: MessageSourceEnum, description: SOURCE_DESCRIPTION }),
        },
        resolve: ({ wire, via }, args, context, info) => {
          rejectHiddenFilters(args.filter, context.mask.policy);
          const read = { accountSid: wire.sid, via: context.loaders.forAccount(wire.sid, via) };
          return listMessages([read], args, context, info);
        },
      },
      MessageConnectionRef,
    ),
  }),
});

const AccountRef = builder.objectRef<AccountNode>('Account');

builder.node(AccountRef, {
  description: 'A parent account, which may have subaccounts and is its own owner.',
  interfaces: [AccountInterface],
  id: { description: ID_DESCRIPTION, resolve: ({ wire }) => wire.sid },
  loadWithoutCache: (id, context) => loadNode('Account', id, context),
  fields: (t) => ({
    subaccounts: t.connection(
      {
        type: SubaccountRef,
        nullable: true,
        complexity: accountList,
        description: 'The subaccounts that the credential can list, newest first.',
        args: { filter: t.arg({ type: AccountFilterInput, description: 'Which subaccounts to list.' }) },
        resolve: ({ wire, via }, args, { loaders }) =>
          listSubaccounts(loaders.forAccount(wire.sid, via), wire.sid, args),
      },
      SubaccountConnectionRef,
    ),
  }),
});

builder.node(SubaccountRef, {
  description:
    'An account that belongs to a parent account. Its messages can be read only with its own credential.',
  interfaces: [AccountInterface],
  id: { description: ID_DESCRIPTION, resolve: ({ wire }) => wire.sid },
  loadWithoutCache: (id, context) => loadNode('Subaccount', id, context),
  fields: (t) => ({
    owner: t.field({
      type: AccountRef,
      nullable: true,
      // All subaccounts of a page have the same owner.
      complexity: noRead,
      description: 'The parent account. Null, with an error, if the caller may use no credential of it.',
      resolve: ({ wire, via }, _args, { loaders }) => {
        const sid = wire.owner_account_sid;
        return sid === null ? null : loadAccount(loaders.forAccount(sid, via), sid);
      },
    }),
  }),
});

async function loadNode(
  typename: AccountNode['__typename'],
  sid: string,
  { loaders }: GatewayContext,
): Promise<AccountNode | null> {
  const account = await loadAccount(loaders.forAccount(sid, loaders.own()), sid);
  return account?.__typename === typename ? account : null;
}
