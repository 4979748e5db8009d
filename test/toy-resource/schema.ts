import type { CredentialContext } from '../../src/loaders/credential-context.ts';
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
  context: CredentialContext,
  accountSid: string,
  sid: string,
): Promise<CallNode | null> {
  const wire = await context.load(calls, { AccountSid: accountSid, Sid: sid });
  return wire && { __typename: 'Call', wire };
}

builder.node(CallRef, {
  description: 'A call.',
  id: { description: 'Its id.', resolve: ({ wire }) => `${wire.account_sid}:${wire.sid}` },
  loadWithoutCache: (id, { contexts }) => {
    const [accountSid = '', sid = ''] = id.split(':');
    return loadCall(contexts.forAccount(accountSid, contexts.own()), accountSid, sid);
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
    resolve: (_root, { sid }, { contexts }) => {
      const own = contexts.own();
      return loadCall(own, own.credential.accountSid, sid);
    },
  }),
}));
