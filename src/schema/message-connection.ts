import type { GraphQLResolveInfo } from 'graphql';
import type { MessageCriteria } from '../history/message-filter.ts';
import type { CredentialContext } from '../loaders/credential-context.ts';
import type { Paging } from '../loaders/paging.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { builder } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';
import { MessageNode } from './message-node.ts';
import { MessageRef } from './message-ref.ts';
import { selects } from './selects.ts';

interface MessageConnectionShape extends Connection<MessageNode> {
  readonly scannedCount: number;
  readonly scanLimitReached: boolean;
  readonly historyTruncated: boolean;
}

export const MessageConnectionRef = builder.connectionObject<typeof MessageRef, MessageConnectionShape>(
  {
    name: 'MessageConnection',
    type: MessageRef,
    description: 'A part of a message list, newest first.',
    fields: (t) => ({
      scannedCount: t.int({
        description: 'Messages Twilio returned to build this page, those that the filter dropped included.',
        resolve: ({ scannedCount }) => scannedCount,
      }),
      scanLimitReached: t.boolean({
        description: 'The scan budget ended before the page was full: ask again with `after: endCursor`.',
        resolve: ({ scanLimitReached }) => scanLimitReached,
      }),
      historyTruncated: t.boolean({
        description: "The asked range began before Twilio's retention window and was cut to it.",
        resolve: ({ historyTruncated }) => historyTruncated,
      }),
    }),
  },
  { name: 'MessageEdge', description: 'A message and its place in the list.' },
);

/** Lists messages; where the query asks for their account too, that is read beside the list, not after it. */
export async function listMessages(
  context: CredentialContext,
  accountSid: string,
  { filter, ...paging }: Paging & { filter?: MessageCriteria | null | undefined },
  info: GraphQLResolveInfo,
): Promise<MessageConnectionShape> {
  const reading = context.messages(accountSid, filter ?? {}, paging);
  if (ACCOUNT_PATHS.some((path) => selects(info, path))) {
    // What goes wrong here goes wrong again, and is told, where the account is resolved.
    context.load(accounts, { Sid: accountSid }).catch(() => {});
  }
  const window = await reading;
  return {
    ...toConnection(window, (wire) => new MessageNode(wire, context)),
    scannedCount: window.scanned,
    scanLimitReached: window.scanLimitReached,
    historyTruncated: window.truncated,
  };
}

const ACCOUNT_PATHS = [
  ['nodes', 'account'],
  ['edges', 'node', 'account'],
];
