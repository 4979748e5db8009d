import type { Caller } from '../auth/caller.ts';
import { builder } from './builder.ts';
import { credentialList } from './cost.ts';
import { CredentialRef } from './credential.ts';
import { FieldPolicyRef } from './field-policy.ts';
import { credentialNode } from './nodes.ts';

export const RoleEnum = builder.enumType('Role', {
  description: 'What a caller may do.',
  values: {
    READER: { description: 'Reads accounts and messages with the credentials it was given access to.' },
    ADMIN: { description: 'Reads with every credential, and manages credentials and API keys.' },
  } as const,
});

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'The caller of this request.',
  fields: (t) => ({
    name: t.string({
      description:
        "The API key's name or the token's subject; `local` if the gateway does not require a key.",
      resolve: ({ name }) => name,
    }),
    role: t.field({ type: RoleEnum, description: "The caller's role.", resolve: ({ role }) => role }),
    fieldPolicy: t.field({
      type: FieldPolicyRef,
      description: 'What the caller sees of the personal data in messages.',
      resolve: ({ fieldPolicy }) => fieldPolicy,
    }),
    credentials: t.field({
      type: [CredentialRef],
      complexity: credentialList,
      description: 'The credentials the caller may use.',
      resolve: ({ credentials }) => credentials.map(credentialNode),
    }),
    isSandbox: t.boolean({
      description: 'Whether the gateway reads from its sandbox, a simulated Twilio, and not from Twilio.',
      resolve: (_caller, _args, { isSandbox }) => isSandbox,
    }),
    defaultCredential: t.field({
      type: CredentialRef,
      nullable: true,
      description: 'The credential used if a request names none. Null if the caller may use none.',
      resolve: ({ credentials: [first] }) => (first ? credentialNode(first) : null),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'The caller of this request. Example: `{ viewer { name role credentials { nickname } } }`',
    resolve: (_root, _args, { caller }) => caller,
  }),
);
