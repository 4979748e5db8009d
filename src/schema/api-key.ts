import type { ApiKey } from '../store/records.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { apiKeyList, credentialList } from './cost.ts';
import { CredentialRef } from './credential.ts';
import { FieldPolicyInput, FieldPolicyRef, policyOf } from './field-policy.ts';
import { parseId } from './global-id.ts';
import { DEPRECATED_ARGUMENT, inputOf } from './mutation-input.ts';
import { credentialNode } from './nodes.ts';
import { listOrReport } from './report-error.ts';
import { RoleEnum } from './viewer.ts';

interface ApiKeyNode {
  readonly __typename: 'ApiKey';
  readonly key: ApiKey;
}

const ApiKeyRef = builder.objectRef<ApiKeyNode>('ApiKey');

const apiKeyNode = (key: ApiKey): ApiKeyNode => ({ __typename: 'ApiKey', key });

builder.node(ApiKeyRef, {
  description:
    'A key with which a program or a person can use this API. Visible only to ADMIN; the token is never shown again.',
  id: { description: ID_DESCRIPTION, resolve: ({ key }) => key.id },
  loadWithoutCache: async (id, { admin, caller }) => {
    const keys = caller.role === 'ADMIN' ? await admin.apiKeys.list(caller) : [];
    const key = keys.find((one) => one.id === id);
    return key ? apiKeyNode(key) : null;
  },
  fields: (t) => ({
    name: t.string({ description: 'What the key is for, or its owner.', resolve: ({ key }) => key.name }),
    role: t.field({ type: RoleEnum, description: 'What the key may do.', resolve: ({ key }) => key.role }),
    credentials: t.field({
      type: [CredentialRef],
      complexity: credentialList,
      description: 'The credentials it may use; for an ADMIN key, all credentials.',
      resolve: ({ key }, _args, { loaders }) =>
        loaders.credentials
          .filter(({ id }) => key.role === 'ADMIN' || key.credentialIds.includes(id))
          .map(credentialNode),
    }),
    fieldPolicy: t.field({
      type: FieldPolicyRef,
      description: 'What its holder sees of the personal data in messages.',
      resolve: ({ key }) => key.fieldPolicy,
    }),
    dateCreated: t.field({
      type: 'DateTime',
      description: 'When the key was created.',
      resolve: ({ key }) => key.dateCreated,
    }),
    dateExpires: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the key expires. Null if it does not.',
      resolve: ({ key }) => key.dateExpires,
    }),
    dateLastUsed: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the key was last used, to within half a minute. Null if it never was.',
      resolve: ({ key }) => key.dateLastUsed,
    }),
  }),
});

const CreatedApiKeyRef = builder.objectRef<{ key: ApiKey; token: string }>('CreatedApiKey').implement({
  description: 'A new API key and its token.',
  fields: (t) => ({
    apiKey: t.field({ type: ApiKeyRef, description: 'The key.', resolve: ({ key }) => apiKeyNode(key) }),
    token: t.string({
      description:
        'The token for the header `Authorization: Bearer …`. It is shown here once and never again.',
      resolve: ({ token }) => token,
    }),
  }),
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'The key to create.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'What the key is for, or its owner; 1 to 64 characters.',
    }),
    role: t.field({
      type: RoleEnum,
      required: true,
      defaultValue: 'READER',
      description: 'What the key may do.',
    }),
    credentialIds: t.idList({
      description: 'The `id`s of the credentials a READER key may use; without any it can read nothing.',
    }),
    dateExpires: t.field({ type: 'DateTime', description: 'When the key expires. By default it does not.' }),
    fieldPolicy: t.field({
      type: FieldPolicyInput,
      description: 'What its holder sees of the personal data in messages. By default everything.',
    }),
  }),
});

const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'The changes of a key. What is not given stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: "The key's `id`." }),
    name: t.string({ description: 'What the key is for, or its owner; 1 to 64 characters.' }),
    credentialIds: t.idList({
      description: 'The `id`s of the credentials it may use, in place of the present ones.',
    }),
    dateExpires: t.field({ type: 'DateTime', description: 'When the key expires. Null for never.' }),
    fieldPolicy: t.field({
      type: FieldPolicyInput,
      description:
        'What its holder sees of the personal data in messages. Replaces the present policy as a whole.',
    }),
  }),
});

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'The key to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: "The key's `id`." }) }),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [ApiKeyRef],
    complexity: apiKeyList,
    description:
      'All API keys that are not revoked. For ADMIN; a READER gets an empty list and the error FORBIDDEN. Example: `{ apiKeys { name role dateExpires } }`',
    resolve: async (_root, _args, context, info) => {
      const { admin, caller } = context;
      const keys = await listOrReport(() => admin.apiKeys.list(caller), context, info);
      return keys.map(apiKeyNode);
    },
  }),
);

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreatedApiKeyRef,
    description:
      'Creates an API key. For ADMIN. The token is shown once in the response and never again. The first ADMIN key closes an open gateway at once, without a question: from then on every request needs a key. Example: `mutation { createApiKey(input: { name: "Grafana" }) { token } }`',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key to create.' }) },
    resolve: async (_root, { input }, { admin, caller }) => {
      const credentialIds = input.credentialIds?.map((id) =>
        parseId('Credential', id, 'input.credentialIds'),
      );
      const { apiKey, token } = await admin.apiKeys.create(caller, {
        ...input,
        credentialIds,
        fieldPolicy: policyOf(input.fieldPolicy),
      });
      return { key: apiKey, token };
    },
  }),
  updateApiKey: t.field({
    type: ApiKeyRef,
    description:
      'Changes the name, credentials, expiry or field policy of an API key, on every gateway within seconds. For ADMIN. The token stays. Example: `mutation($id: ID!) { updateApiKey(input: { id: $id, name: "Grafana" }) { name } }`',
    args: { input: t.arg({ type: UpdateApiKeyInput, required: true, description: 'The changes.' }) },
    resolve: async (_root, { input }, { admin, caller }) => {
      const { id, name, credentialIds, dateExpires, fieldPolicy } = input;
      const ids = credentialIds?.map((one) => parseId('Credential', one, 'input.credentialIds'));
      const change = {
        name: name ?? undefined,
        credentialIds: ids,
        dateExpires,
        fieldPolicy: fieldPolicy ? policyOf(fieldPolicy) : undefined,
      };
      return apiKeyNode(await admin.apiKeys.update(caller, parseId('ApiKey', id, 'input.id'), change));
    },
  }),
  revokeApiKey: t.id({
    description:
      'Revokes an API key, on every gateway within seconds. For ADMIN. Returns its id. Example: `mutation($id: ID!) { revokeApiKey(input: { id: $id }) }`',
    args: {
      input: t.arg({ type: RevokeApiKeyInput, description: 'The key to revoke.' }),
      id: t.arg.id({ description: "The key's `id`.", deprecationReason: DEPRECATED_ARGUMENT }),
    },
    resolve: async (_root, args, { admin, caller }) => {
      const { id } = inputOf(args, ['id']);
      await admin.apiKeys.revoke(caller, parseId('ApiKey', id, 'id'));
      return id;
    },
  }),
}));
