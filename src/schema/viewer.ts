import type { Caller } from '../auth/caller.ts';
import { builder } from './builder.ts';
import { credentialList } from './cost.ts';
import { CredentialRef } from './credential.ts';
import { credentialNode } from './nodes.ts';

export const RoleEnum = builder.enumType('Role', {
  description: 'What a caller may do.',
  values: {
    READER: { description: "Reads Twilio's accounts and messages with the credentials it was given." },
    ADMIN: { description: 'Reads with every credential, and manages credentials and API keys.' },
  } as const,
});

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is asking.',
  fields: (t) => ({
    name: t.string({
      description:
        "The API key's name or the token's subject; `local` where the gateway asks nobody for a key.",
      resolve: ({ name }) => name,
    }),
    role: t.field({ type: RoleEnum, description: 'What you may do.', resolve: ({ role }) => role }),
    credentials: t.field({
      type: [CredentialRef],
      complexity: credentialList,
      description: 'The credentials you may read with.',
      resolve: ({ credentials }) => credentials.map(credentialNode),
    }),
    defaultCredential: t.field({
      type: CredentialRef,
      nullable: true,
      description: 'The one used where a request names none. Null where you have none.',
      resolve: ({ credentials: [first] }) => (first ? credentialNode(first) : null),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Who is asking, as the gateway knows you.',
    resolve: (_root, _args, { caller }) => caller,
  }),
);
