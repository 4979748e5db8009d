import type { PermissionCheck } from '../loaders/permissions.ts';
import { allPermissions, permissionOf } from '../twilio/resource.ts';
import { AccountConnectionRef, listAccounts } from './account-connections.ts';
import { AccountFilterInput } from './account-enums.ts';
import { AccountInterface } from './account-interface.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { accountList, credentialList, oneRead, probe } from './cost.ts';
import { type CredentialNode, credentialNode, loadAccount } from './nodes.ts';
import { listOrReport } from './report-error.ts';

const TwilioPermissionEnum = builder.enumType('TwilioPermission', {
  description:
    "The permissions an OAuth app needs for the gateway's reads. To read one thing and to list are two.",
  values: Object.fromEntries(allPermissions().map(({ name, description }) => [name, { description }])),
});

export const PermissionCheckRef = builder.objectRef<PermissionCheck>('PermissionCheck').implement({
  description: 'Whether a credential has a permission, found by trying.',
  fields: (t) => ({
    permission: t.field({
      type: TwilioPermissionEnum,
      description: 'The permission.',
      resolve: ({ permission }) => permission,
    }),
    twilioName: t.string({
      description: "Twilio's own name, e.g. /twilio/messaging/messages/list",
      resolve: ({ permission }) => permissionOf(permission).twilioName,
    }),
    granted: t.boolean({ description: 'Whether Twilio allowed it.', resolve: ({ granted }) => granted }),
    checkedAt: t.field({
      type: 'DateTime',
      description: 'When it was tried.',
      resolve: ({ checkedAt }) => checkedAt,
    }),
  }),
});

export const CredentialRef = builder.objectRef<CredentialNode>('Credential');

builder.node(CredentialRef, {
  description: 'One Twilio OAuth app the gateway may read with. It opens exactly one account.',
  id: { description: ID_DESCRIPTION, resolve: ({ credential }) => credential.id },
  loadWithoutCache: (id, { contexts }) => {
    const context = contexts.byId(id);
    return context ? credentialNode(context.credential) : null;
  },
  fields: (t) => ({
    nickname: t.string({
      description: 'What people call it; the value of the header X-Twilio-Credential.',
      resolve: ({ credential }) => credential.nickname,
    }),
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account it opens.',
      resolve: ({ credential }) => credential.accountSid,
    }),
    clientId: t.string({
      description: "The OAuth app's client id (OQ…). The secret never leaves the gateway.",
      resolve: ({ credential }) => credential.clientId,
    }),
    permissions: t.field({
      type: [PermissionCheckRef],
      complexity: probe,
      description:
        'What the credential was last found to be allowed to do. Empty, with an error, where that cannot be found out now.',
      resolve: ({ credential }, _args, context, info) =>
        listOrReport(() => context.contexts.of(credential).permissions(), context, info),
    }),
    refusedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when Twilio has been refusing its secret; null while it takes it.',
      resolve: ({ credential }) => credential.refused?.at ?? null,
    }),
    dateCreated: t.field({
      type: 'DateTime',
      description: 'When it was added.',
      resolve: ({ credential }) => credential.dateCreated,
    }),
    dateUpdated: t.field({
      type: 'DateTime',
      description: 'When it last changed.',
      resolve: ({ credential }) => credential.dateUpdated,
    }),
    account: t.field({
      type: AccountInterface,
      nullable: true,
      complexity: oneRead,
      description: 'An account, read under this credential; its own unless another is named.',
      args: { sid: t.arg({ type: 'AccountSid', description: "The account's SID." }) },
      resolve: ({ credential }, { sid }, { contexts }) =>
        loadAccount(contexts.of(credential), sid ?? credential.accountSid),
    }),
    accounts: t.connection(
      {
        type: AccountInterface,
        nullable: true,
        complexity: accountList,
        description: 'The accounts this credential sees: its own and, of a parent account, the subaccounts.',
        args: { filter: t.arg({ type: AccountFilterInput, description: 'Which accounts to list.' }) },
        resolve: ({ credential }, args, { contexts }) => listAccounts(contexts.of(credential), args),
      },
      AccountConnectionRef,
    ),
  }),
});

builder.queryFields((t) => ({
  credential: t.field({
    type: CredentialRef,
    nullable: true,
    description:
      "The credential named, or the request's own: that of the header X-Twilio-Credential, else the caller's default.",
    args: { nickname: t.arg.string({ description: "The credential's nickname." }) },
    resolve: (_root, { nickname }, { contexts }) => {
      const context = nickname == null ? contexts.own() : contexts.byNickname(nickname);
      return credentialNode(context.credential);
    },
  }),
  credentials: t.field({
    type: [CredentialRef],
    complexity: credentialList,
    description: 'The credentials the caller may use; the first is the default.',
    resolve: (_root, _args, { contexts }) => contexts.credentials.map(credentialNode),
  }),
}));
