import type { CredentialCheck } from '../admin/check-credential.ts';
import { builder } from './builder.ts';
import { probe } from './cost.ts';
import { CredentialRef, PermissionCheckRef } from './credential.ts';
import { parseId } from './global-id.ts';
import { DEPRECATED_ARGUMENT, inputOf } from './mutation-input.ts';
import { credentialNode } from './nodes.ts';

const CredentialCheckRef = builder.objectRef<CredentialCheck>('CredentialCheck').implement({
  description: 'The account and permissions that a client id and secret give access to.',
  fields: (t) => ({
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account.',
      resolve: ({ accountSid }) => accountSid,
    }),
    accountFriendlyName: t.string({
      nullable: true,
      description: "The account's name. Null if the app may not read its own account.",
      resolve: ({ accountFriendlyName }) => accountFriendlyName,
    }),
    permissions: t.field({
      type: [PermissionCheckRef],
      description: 'What the app may do.',
      resolve: ({ permissions }) => [...permissions],
    }),
  }),
});

const CheckCredentialInput = builder.inputType('CheckCredentialInput', {
  description: "A Twilio OAuth app's client id and secret to check.",
  fields: (t) => ({
    nickname: t.string({
      description: 'The nickname the credential is to have: checked as `addCredential` checks it, if given.',
    }),
    clientId: t.string({ required: true, description: 'The client id (OQ…).' }),
    clientSecret: t.string({ required: true, description: 'The client secret. It is never shown again.' }),
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account; found from the access token where it says so, required where it does not.',
    }),
  }),
});

const AddCredentialInput = builder.inputType('AddCredentialInput', {
  description: 'The credential to add.',
  fields: (t) => ({
    nickname: t.string({
      required: true,
      description: 'The name of the credential: 1 to 64 characters, unique regardless of case.',
    }),
    clientId: t.string({ required: true, description: 'The client id (OQ…).' }),
    clientSecret: t.string({
      required: true,
      description: 'The client secret. It is stored sealed and never shown again.',
    }),
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account; found from the access token where it says so, required where it does not.',
    }),
  }),
});

const ID_TEXT = "The credential's `id`.";
const idArgument = { description: ID_TEXT, deprecationReason: DEPRECATED_ARGUMENT } as const;

const RenameCredentialInput = builder.inputType('RenameCredentialInput', {
  description: 'The credential to rename.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID_TEXT }),
    nickname: t.string({ required: true, description: 'The new nickname.' }),
  }),
});

const RotateCredentialSecretInput = builder.inputType('RotateCredentialSecretInput', {
  description: 'The credential whose secret is replaced.',
  fields: (t) => ({
    id: t.id({ required: true, description: ID_TEXT }),
    clientSecret: t.string({
      required: true,
      description: 'The new client secret. It is never shown again.',
    }),
  }),
});

const RecheckCredentialInput = builder.inputType('RecheckCredentialInput', {
  description: 'The credential to check.',
  fields: (t) => ({ id: t.id({ required: true, description: ID_TEXT }) }),
});

const RemoveCredentialInput = builder.inputType('RemoveCredentialInput', {
  description: 'The credential to remove.',
  fields: (t) => ({ id: t.id({ required: true, description: ID_TEXT }) }),
});

builder.mutationFields((t) => ({
  checkCredential: t.field({
    type: CredentialCheckRef,
    complexity: probe,
    description:
      'Checks a client id and secret with Twilio and returns the account and permissions. For ADMIN. Stores nothing: review the result, then add the credential. Example: `mutation($input: CheckCredentialInput!) { checkCredential(input: $input) { accountSid permissions { permission granted } } }`',
    args: {
      input: t.arg({
        type: CheckCredentialInput,
        required: true,
        description: 'The client id and secret to check.',
      }),
    },
    resolve: (_root, { input }, { admin, caller }) => admin.credentials.check(caller, input, input.nickname),
  }),
  addCredential: t.field({
    type: CredentialRef,
    complexity: probe,
    description:
      'Checks a client id and secret, then stores them as a credential. For ADMIN. Example: `mutation($input: AddCredentialInput!) { addCredential(input: $input) { id nickname } }`',
    args: {
      input: t.arg({ type: AddCredentialInput, required: true, description: 'The credential to add.' }),
    },
    resolve: async (_root, { input }, { admin, caller }) =>
      credentialNode(await admin.credentials.add(caller, input)),
  }),
  renameCredential: t.field({
    type: CredentialRef,
    description:
      'Changes the nickname of a credential. For ADMIN. Example: `mutation($id: ID!) { renameCredential(input: { id: $id, nickname: "support" }) { nickname } }`',
    args: {
      input: t.arg({ type: RenameCredentialInput, description: 'The credential to rename.' }),
      id: t.arg.id(idArgument),
      nickname: t.arg.string({ description: 'The new nickname.', deprecationReason: DEPRECATED_ARGUMENT }),
    },
    resolve: async (_root, args, { admin, caller }) => {
      const { id, nickname } = inputOf(args, ['id', 'nickname']);
      return credentialNode(
        await admin.credentials.rename(caller, parseId('Credential', id, 'id'), nickname),
      );
    },
  }),
  rotateCredentialSecret: t.field({
    type: CredentialRef,
    complexity: probe,
    description:
      'Replaces the secret of a credential after checking the new one with Twilio. For ADMIN. Running requests finish with the old one. Example: `mutation($input: RotateCredentialSecretInput!) { rotateCredentialSecret(input: $input) { dateUpdated } }`',
    args: {
      input: t.arg({ type: RotateCredentialSecretInput, description: 'The credential and its new secret.' }),
      id: t.arg.id(idArgument),
      clientSecret: t.arg.string({
        description: 'The new client secret.',
        deprecationReason: DEPRECATED_ARGUMENT,
      }),
    },
    resolve: async (_root, args, { admin, caller }) => {
      const { id, clientSecret } = inputOf(args, ['id', 'clientSecret']);
      return credentialNode(
        await admin.credentials.rotate(caller, parseId('Credential', id, 'id'), clientSecret),
      );
    },
  }),
  recheckCredential: t.field({
    type: CredentialRef,
    complexity: probe,
    description:
      'Checks the permissions of a credential again and stores the result. For ADMIN. Example: `mutation($id: ID!) { recheckCredential(input: { id: $id }) { permissions { permission granted } } }`',
    args: {
      input: t.arg({ type: RecheckCredentialInput, description: 'The credential to check.' }),
      id: t.arg.id(idArgument),
    },
    resolve: async (_root, args, { admin, caller }) => {
      const { id } = inputOf(args, ['id']);
      return credentialNode(await admin.credentials.recheck(caller, parseId('Credential', id, 'id')));
    },
  }),
  removeCredential: t.id({
    description:
      'Removes a credential, also from the API keys that may use it. The copy of its message history is erased, too, unless another credential opens the account. For ADMIN. Returns its id. Nothing is changed at Twilio. Example: `mutation($id: ID!) { removeCredential(input: { id: $id }) }`',
    args: {
      input: t.arg({ type: RemoveCredentialInput, description: 'The credential to remove.' }),
      id: t.arg.id(idArgument),
    },
    resolve: async (_root, args, { admin, caller }) => {
      const { id } = inputOf(args, ['id']);
      await admin.credentials.remove(caller, parseId('Credential', id, 'id'));
      return id;
    },
  }),
}));
