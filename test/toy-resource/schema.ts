import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import { builder } from '../../src/schema/builder.ts';
import { oneRead } from '../../src/schema/cost.ts';
import { calls, type WireCall } from './calls.ts';

/** The schema file: one type with its queries. */

interface CallNode {
  readonly __typename: 'Call';
  readonly wire: WireCall;
}

const CallRef = builder.objectRef<CallNode>('Call');

async function loadCall(
  context: CredentialLoaders,
  accountSid: string,
  sid: string,
): Promise<CallNode | null> {
  const wire = await context.load(calls, { AccountSid: accountSid, Sid: sid });
  return wire && { __typename: 'Call', wire };
}

builder.node(CallRef, {
  description: 'A call.',
  id: { description: 'Its id.', resolve: ({ wire }) => `${wire.account_sid}:${wire.sid}` },
  loadWithoutCache: (id, { loaders }) => {
    const [accountSid = '', sid = ''] = id.split(':');
    return loadCall(loaders.forAccount(accountSid, loaders.own()), accountSid, sid);
  },
  fields: (t) => ({
    sid: t.string({ description: "Twilio's SID.", resolve: ({ wire }) => wire.sid }),
    to: t.string({ description: 'The number that was called.', resolve: ({ wire }) => wire.to }),
  }),
});

builder.queryFields((t) => ({
  call: t.field({
    type: CallRef,
    nullable: true,
    complexity: oneRead,
    description: 'Retrieves one call.',
    args: { sid: t.arg.string({ required: true, description: "Twilio's SID." }) },
    resolve: (_root, { sid }, { loaders }) => {
      const own = loaders.own();
      return loadCall(own, own.credential.accountSid, sid);
    },
  }),
}));
