import type { GatewayContext } from '../context.ts';
import type { Channel } from '../delivery/outcome.ts';
import { participantOf, personOf } from '../delivery/participant.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { ThreadSummary } from '../history/history-store.ts';
import { type AccountRead, type Provenance, type ThreadItem, viaOf } from '../loaders/message-source.ts';
import { AccountSelectionInput, IN_DESCRIPTION, selectAccounts } from './account-selection.ts';
import { builder, ID_DESCRIPTION } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';
import { messageList, noRead, threadList } from './cost.ts';
import { rejectHiddenFilters } from './hidden-filters.ts';
import {
  DataSourceEnum,
  listMessages,
  MessageConnectionRef,
  MessageRef,
  openCursors,
  sealCursors,
} from './message-connection.ts';
import {
  MessageChannelEnum,
  MessageOrderEnum,
  MessageSourceEnum,
  ORDER_DESCRIPTION,
  SOURCE_DESCRIPTION,
} from './message-enums.ts';
import { MessageFilterInput } from './message-filter.ts';
import { MessageNode } from './message-node.ts';

/** One person's messages with some accounts. */
interface ThreadNode {
  readonly __typename: 'Thread';
  readonly participant: string;
  /** Null for every account that the caller's credentials open. */
  readonly accountSids: readonly string[] | null;
  /** If it was read with the list. */
  readonly summary?: ThreadSummary | null;
}

/** The accounts of a thread, each with the credential that opens it. */
function readsOf({ accountSids }: ThreadNode, { loaders }: GatewayContext): readonly AccountRead[] {
  return selectAccounts(loaders, accountSids ? { sids: accountSids } : { all: true });
}

const ThreadSummaryRef = builder
  .objectRef<{ readonly summary: ThreadSummary; readonly reads: readonly AccountRead[] }>('ThreadSummary')
  .implement({
    description: "Sums up the messages with one person, from the gateway's copy of the history.",
    extensions: { fromTwilio: true },
    fields: (t) => ({
      lastMessage: t.field({
        type: MessageRef,
        description: 'The newest message.',
        resolve: ({ summary: { lastMessage }, reads }, _args, { mask }) =>
          new MessageNode(lastMessage, viaOf(reads)(lastMessage), mask, 'HISTORY'),
      }),
      inbound: t.int({
        description: 'The number of messages from the person.',
        resolve: ({ summary }) => summary.inbound,
      }),
      outbound: t.int({
        description: 'The number of messages to the person.',
        resolve: ({ summary }) => summary.outbound,
      }),
      failed: t.int({
        description: 'The number of messages with the outcome FAILED.',
        resolve: ({ summary }) => summary.failed,
      }),
      channels: t.field({
        type: [MessageChannelEnum],
        description: 'The channels of the messages.',
        resolve: ({ summary }) => [...summary.channels] as Channel[],
      }),
      accountSids: t.field({
        type: ['AccountSid'],
        description: 'The accounts that have messages with the person.',
        resolve: ({ summary }) => [...summary.accountSids],
      }),
      firstSeen: t.field({
        type: 'DateTime',
        description: 'When the oldest message was sent or created.',
        resolve: ({ summary }) => summary.firstSeen,
      }),
      optedOut: t.boolean({
        description:
          'Whether the newest of words such as STOP and START, and of the error 21610, says that the person has opted out. Derived, and never authoritative: Twilio keeps the list.',
        resolve: ({ summary }) => summary.optedOut,
      }),
    }),
  });

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
        description: 'The messages in both directions.',
        args: {
          filter: t.arg({ type: MessageFilterInput, description: 'Which of them to list.' }),
          orderBy: t.arg({ type: MessageOrderEnum, description: ORDER_DESCRIPTION }),
          source: t.arg({ type: MessageSourceEnum, description: SOURCE_DESCRIPTION }),
        },
        resolve: (thread, { filter, ...paging }, context, info) => {
          const { participant } = thread;
          rejectHiddenFilters(filter, context.mask.policy);
          if (filter?.participant && filter.participant !== participant) {
            throw gatewayError(
              'BAD_USER_INPUT',
              'A thread has one participant already. Leave "participant" out of the filter.',
              'filter.participant',
            );
          }
          return listMessages(
            readsOf(thread, context),
            { ...paging, filter: { ...filter, participant } },
            context,
            info,
          );
        },
      },
      MessageConnectionRef,
    ),
    summary: t.field({
      type: ThreadSummaryRef,
      nullable: true,
      complexity: noRead,
      description:
        "Sums up all messages with the person. Null unless the gateway's copy of the history knows.",
      async resolve(thread, _args, context) {
        const reads = readsOf(thread, context);
        const summary =
          thread.summary === undefined
            ? await context.source.summary(reads, thread.participant, context.scope)
            : thread.summary;
        return summary && { summary, reads };
      },
    }),
  }),
});

builder.objectField(MessageRef, 'thread', (t) =>
  t.field({
    type: ThreadRef,
    nullable: true,
    complexity: noRead,
    description:
      "The thread of the other party, over every account that the caller's credentials open. Null while Twilio names no other party, and if the caller's field policy hides addresses.",
    resolve: ({ wire, mask }) => {
      const party = participantOf(wire);
      if (party === null || mask.policy.addresses === 'HIDDEN') return null;
      return { __typename: 'Thread' as const, participant: personOf(party), accountSids: null };
    },
  }),
);

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

interface ThreadConnectionShape extends Connection<ThreadNode>, Pick<Provenance, 'source' | 'asOf'> {
  count(): Promise<number | null>;
}

const ThreadConnectionRef = builder.connectionObject<typeof ThreadRef, ThreadConnectionShape>(
  {
    name: 'ThreadConnection',
    type: ThreadRef,
    description: 'A page of a list of threads.',
    fields: (t) => ({
      source: t.field({
        type: DataSourceEnum,
        description:
          'Where they were read. TWILIO knows only the threads of the newest messages, as far as the scan budget reaches.',
        resolve: ({ source }) => source,
      }),
      asOf: t.field({
        type: 'DateTime',
        description:
          'When this was true: now from TWILIO; from HISTORY when the copy was last brought up to date.',
        resolve: ({ asOf }) => asOf,
      }),
      totalCount: t.int({
        nullable: true,
        description: 'The number of threads on all pages. Null from TWILIO, which does not count.',
        resolve: ({ count }) => count(),
      }),
    }),
  },
  { name: 'ThreadEdge', description: 'A thread and its cursor.' },
);

builder.queryField('threads', (t) =>
  t.field({
    type: ThreadConnectionRef,
    nullable: true,
    complexity: threadList,
    description:
      'The persons with whom there are messages, most recently active first. Example: `{ threads(first: 10) { nodes { participant summary { lastMessage { body } inbound outbound } } source } }`',
    args: {
      in: t.arg({ type: AccountSelectionInput, description: IN_DESCRIPTION }),
      filter: t.arg({
        type: MessageFilterInput,
        description: 'Only threads with a matching message; the newest one decides their order.',
      }),
      source: t.arg({ type: MessageSourceEnum, description: SOURCE_DESCRIPTION }),
      first: t.arg.int({ description: 'The number of threads, from 1 to 1,000. By default 50.' }),
      after: t.arg.string({ description: 'Continues after this cursor.' }),
    },
    async resolve(_root, { in: selection, filter, source: choice, first, after }, context) {
      const { loaders, mask, source, scope } = context;
      rejectHiddenFilters(filter, mask.policy);
      // It would tell which messages are of the same person.
      if (mask.policy.addresses === 'HIDDEN') throw gatewayError('FILTER_NOT_ALLOWED', 'threads');
      const reads = selectAccounts(loaders, selection);
      const accountSids = selection?.all ? null : reads.map(({ accountSid }) => accountSid);
      const options = { source: choice, reads: scope.reads, flow: scope.flow };
      const slice = await source.threads(reads, filter ?? {}, openCursors({ first, after }, mask), options);
      const toNode = ({ participant, summary }: ThreadItem): ThreadNode => ({
        __typename: 'Thread',
        participant,
        accountSids,
        summary,
      });
      const { asOf } = slice;
      return {
        ...toConnection(sealCursors(slice, mask), toNode),
        source: slice.source,
        asOf,
        count: () => slice.count(),
      };
    },
  }),
);
