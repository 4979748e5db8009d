import type { PermissionCheck } from '../loaders/permissions.ts';
import { isFromSettings } from '../store/records.ts';
import { allPermissions, permissionOf } from '../twilio/resource.ts';
import '../twilio/resources/index.ts';
import { AccountConnectionRef, AccountInterface, listAccounts } from './account-connections.ts';
import { AccountFilterInput } from './account-enums.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { accountList, credentialList, oneRead, probe } from './cost.ts';
import { type CredentialNode, credentialNode, loadAccount } from './nodes.ts';
import { listOrReport } from './report-error.ts';

const TwilioPermissionEnum = builder.enumType('TwilioPermission', {
  description:
    "The permissions that an OAuth app needs for the gateway's reads. Reading one resource and listing are separate permissions.",
  values: Object.fromEntries(allPermissions().map(({ name, description }) => [name, { description }])),
});

const CredentialKindEnum = builder.enumType('CredentialKind', {
  description: 'The grant by which a credential gets access tokens.',
  values: {
    CLIENT_CREDENTIALS: {
      value: 'client_credentials',
      description: "An account's OAuth app, with its client id and secret.",
    },
    AUTHORIZATION_CODE: {
      value: 'authorization_code',
      description: "An organization's OAuth app, with the consent of a person.",
    },
  } as const,
});

const CredentialSourceEnum = builder.enumType('CredentialSource', {
  description: 'Where a credential is kept.',
  values: {
    SETTINGS: { description: 'In the settings of the gateway: change it there, and restart.' },
    STORE: { description: "In the gateway's database: an ADMIN can change it." },
  } as const,
});

export const PermissionCheckRef = builder.objectRef<PermissionCheck>('PermissionCheck').implement({
  description: 'Whether a credential has a permission, as found by a test read.',
  fields: (t) => ({
    permission: t.field({
      type: TwilioPermissionEnum,
      description: 'The permission.',
      resolve: ({ permission }) => permission,
    }),
    twilioName: t.string({
      description: "Twilio's name of the permission, e.g. `/twilio/messaging/messages/list`.",
      resolve: ({ permission }) => permissionOf(permission).twilioName,
    }),
    granted: t.boolean({
      description: 'Whether Twilio allowed the read.',
      resolve: ({ granted }) => granted,
    }),
    dateChecked: t.field({
      type: 'DateTime',
      description: 'When the permission was checked.',
      resolve: ({ checkedAt }) => checkedAt,
    }),
    checkedAt: t.field({
      type: 'DateTime',
      deprecationReason: 'Use `dateChecked`.',
      description: 'When the permission was checked.',
      resolve: ({ checkedAt }) => checkedAt,
    }),
  }),
});

export const CredentialRef = builder.objectRef<CredentialNode>('Credential');

builder.node(CredentialRef, {
  description: 'A Twilio OAuth app with which the gateway reads. It gives access to exactly one account.',
  id: { description: ID_DESCRIPTION, resolve: ({ credential }) => credential.id },
  loadWithoutCache: (id, { loaders }) => {
    const context = loaders.byId(id);
    return context ? credentialNode(context.credential) : null;
  },
  fields: (t) => ({
    nickname: t.string({
      description: 'The name of the credential, for the header X-Twilio-Credential.',
      resolve: ({ credential }) => credential.nickname,
    }),
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account it gives access to.',
      resolve: ({ credential }) => credential.accountSid,
    }),
    clientId: t.string({
      description: "The OAuth app's client id (OQ…). The secret never leaves the gateway.",
      resolve: ({ credential }) => credential.clientId,
    }),
    kind: t.field({
      type: CredentialKindEnum,
      description: 'How the gateway gets access tokens.',
      resolve: ({ credential }) => credential.kind,
    }),
    source: t.field({
      type: CredentialSourceEnum,
      description: 'Where the credential is kept.',
      resolve: ({ credential }) => (isFromSettings(credential) ? 'SETTINGS' : 'STORE'),
    }),
    permissions: t.field({
      type: [PermissionCheckRef],
      complexity: probe,
      description:
        'The permissions of the credential, as last checked. Empty, with an error, if they cannot be checked now.',
      resolve: ({ credential }, _args, context, info) =>
        listOrReport(() => context.loaders.of(credential).permissions(), context, info),
    }),
    dateRefused: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when Twilio has refused the secret. Null while Twilio accepts it.',
      resolve: ({ credential }) => credential.refused?.at ?? null,
    }),
    refusedAt: t.field({
      type: 'DateTime',
      nullable: true,
      deprecationReason: 'Use `dateRefused`.',
      description: 'Since when Twilio has refused the secret. Null while Twilio accepts it.',
      resolve: ({ credential }) => credential.refused?.at ?? null,
    }),
    dateCreated: t.field({
      type: 'DateTime',
      description: 'When the credential was added.',
      resolve: ({ credential }) => credential.dateCreated,
    }),
    dateUpdated: t.field({
      type: 'DateTime',
      description: 'When the credential last changed.',
      resolve: ({ credential }) => credential.dateUpdated,
    }),
    account: t.field({
      type: AccountInterface,
      nullable: true,
      complexity: oneRead,
      description: 'An account, read with this credential; by default its own.',
      args: { sid: t.arg({ type: 'AccountSid', description: "The account's SID." }) },
      resolve: ({ credential }, { sid }, { loaders }) =>
        loadAccount(loaders.of(credential), sid ?? credential.accountSid),
    }),
    accounts: t.connection(
      {
        type: AccountInterface,
        nullable: true,
        complexity: accountList,
        description:
          'The accounts this credential can see: its own and, for a parent account, the subaccounts.',
        args: { filter: t.arg({ type: AccountFilterInput, description: 'Which accounts to list.' }) },
        resolve: ({ credential }, args, { loaders }) => listAccounts(loaders.of(credential), args),
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
      "The credential with this nickname. By default the one in the header X-Twilio-Credential, else the caller's default credential. Example: `{ credential { nickname accountSid } }`",
    args: { nickname: t.arg.string({ description: "The credential's nickname." }) },
    resolve: (_root, { nickname }, { loaders }) => {
      const context = nickname == null ? loaders.own() : loaders.byNickname(nickname);
      return credentialNode(context.credential);
    },
  }),
  credentials: t.field({
    type: [CredentialRef],
    complexity: credentialList,
    description:
      'The credentials the caller may use; the first is the default. Example: `{ credentials { nickname permissions { permission granted } } }`',
    resolve: (_root, _args, { loaders }) => loaders.credentials.map(credentialNode),
  }),
}));
