import { gatewayError } from '../errors/gateway-error.ts';
import { AccountSelectionInput, IN_DESCRIPTION, selectAccounts } from './account-selection.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { messageList, noRead } from './cost.ts';
import { rejectHiddenFilters } from './hidden-filters.ts';
import { listMessages, MessageConnectionRef, MessageRef } from './message-connection.ts';
import { MessageFilterInput } from './message-filter.ts';

/** One person's messages with some accounts. */
interface ThreadNode {
  readonly __typename: 'Thread';
  readonly participant: string;
  /** Null for every account that the caller's credentials open. */
  readonly accountSids: readonly string[] | null;
}

const ThreadRef = builder.objectRef<ThreadNode>('Thread');

builder.node(ThreadRef, {
  description: "One person's messages with some accounts: both directions and all channels.",
  extensions: { fromTwilio: true },
  id: {
    description: `${ID_DESCRIPTION} Encrypted, because it names a person.`,
    resolve: ({ participant, accountSids }, _args, { sealed }) =>
      sealed.seal(JSON.stringify([participant, accountSids])),
  },
  loadWithoutCache: (id, { sealed, mask }) => {
    const text = sealed.open(id);
    // It would tell which messages are of the same person.
    if (text === null || mask.policy.addresses === 'HIDDEN') return null;
    const [participant, accountSids] = JSON.parse(text) as [string, readonly string[] | null];
    return { __typename: 'Thread' as const, participant, accountSids };
  },
  fields: (t) => ({
    participant: t.field({
      type: 'Address',
      description: 'The person, by the address that was given.',
      resolve: ({ participant }, _args, { mask }) => mask.address(participant) ?? '…',
    }),
    messages: t.connection(
      {
        type: MessageRef,
        nullable: true,
        complexity: (args, context, field) =>
          messageList({ ...args, filter: { ...args.filter, participant: '+' } }, context, field),
        description: 'The messages in both directions, newest first.',
        args: { filter: t.arg({ type: MessageFilterInput, description: 'Which of them to list.' }) },
        resolve: ({ participant, accountSids }, { filter, ...paging }, context, info) => {
          rejectHiddenFilters(filter, context.mask.policy);
          if (filter?.participant && filter.participant !== participant) {
            throw gatewayError(
              'BAD_USER_INPUT',
              'A thread has one participant already. Leave "participant" out of the filter.',
              'filter.participant',
            );
          }
          const selection = accountSids ? { sids: accountSids } : { all: true };
          const reads = selectAccounts(context.loaders, selection);
          return listMessages(reads, { ...paging, filter: { ...filter, participant } }, context, info);
        },
      },
      MessageConnectionRef,
    ),
  }),
});

builder.queryField('thread', (t) =>
  t.field({
    type: ThreadRef,
    complexity: noRead,
    description:
      'One person\'s messages: both directions and all channels, merged newest first. Nothing is read before its fields are. Example: `{ thread(with: "+14155550100") { messages(first: 10) { nodes { direction channel body } } } }`',
    args: {
      with: t.arg({
        type: 'Address',
        required: true,
        description:
          'The person. An E.164 number stands for its messages on every channel, a channel address only for its own.',
      }),
      in: t.arg({ type: AccountSelectionInput, description: IN_DESCRIPTION }),
    },
    resolve: (_root, { with: participant, in: selection }, { loaders, mask }) => {
      if (mask.policy.addresses !== 'SHOWN') throw gatewayError('FILTER_NOT_ALLOWED', 'with');
      const reads = selection?.all ? null : selectAccounts(loaders, selection);
      const accountSids = reads?.map(({ accountSid }) => accountSid) ?? null;
      return { __typename: 'Thread' as const, participant, accountSids };
    },
  }),
);
