import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import type { CredentialLoaders } from '../loaders/credential-loaders.ts';
import type { Paging } from '../loaders/list-reader.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { builder } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';
import { MessageNode } from './message-node.ts';

/** Defined separately from its fields, because messages and accounts refer to each other. */
export const MessageRef = builder.objectRef<MessageNode>('Message');

interface MessageConnectionShape extends Connection<MessageNode> {
  readonly scannedCount: number;
  readonly scanLimitReached: boolean;
  readonly historyTruncated: boolean;
}

export const MessageConnectionRef = builder.connectionObject<typeof MessageRef, MessageConnectionShape>(
  {
    name: 'MessageConnection',
    type: MessageRef,
    description: 'A page of a message list, newest first.',
    fields: (t) => ({
      scannedCount: t.int({
        description:
          'The number of messages Twilio returned for this page, including those that the filter dropped.',
        resolve: ({ scannedCount }) => scannedCount,
      }),
      scanLimitReached: t.boolean({
        description:
          'Whether the scan budget was spent before the page was full. Continue with `after: endCursor`.',
        resolve: ({ scanLimitReached }) => scanLimitReached,
      }),
      historyTruncated: t.boolean({
        description: "Whether the requested range began before Twilio's retention period and was cut to it.",
        resolve: ({ historyTruncated }) => historyTruncated,
      }),
    }),
  },
  { name: 'MessageEdge', description: 'A message and its cursor.' },
);

/** Lists messages. If the query selects their account too, it is read concurrently with the list. */
export async function listMessages(
  context: CredentialLoaders,
  accountSid: string,
  { filter, ...paging }: Paging & { filter?: MessageCriteria | null | undefined },
  info: GraphQLResolveInfo,
): Promise<MessageConnectionShape> {
  const reading = context.messages(accountSid, filter ?? {}, paging);
  if (ACCOUNT_PATHS.some((path) => selects(info, path))) {
    // The resolver of the account reports the error.
    context.load(accounts, { Sid: accountSid }).catch(() => {});
  }
  const slice = await reading;
  return {
    ...toConnection(slice, (wire) => new MessageNode(wire, context)),
    scannedCount: slice.scanned,
    scanLimitReached: slice.scanLimitReached,
    historyTruncated: slice.truncated,
  };
}

const ACCOUNT_PATHS = [
  ['nodes', 'account'],
  ['edges', 'node', 'account'],
];

/**
 * Whether a query selects this field below the one being resolved, e.g. `['nodes', 'account']`. Fragments are included;
 * directives are ignored, so a skipped field counts as selected.
 */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return info.fieldNodes.some(({ selectionSet }) => isSelected(selectionSet, path, info));
}

function isSelected(
  selectionSet: SelectionSetNode | undefined,
  path: readonly string[],
  info: GraphQLResolveInfo,
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === 'Field') {
      return selection.name.value === name && isSelected(selection.selectionSet, rest, info);
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value];
    return isSelected(fragment?.selectionSet, path, info);
  });
}
