import type { MessageCriteria } from '../history/message-filter.ts';
import type { CredentialContext } from '../loaders/credential-context.ts';
import type { Paging } from '../loaders/paging.ts';
import { builder } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';
import { MessageRef } from './message-ref.ts';
import { type MessageNode, messageNode } from './nodes.ts';

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

export async function listMessages(
  context: CredentialContext,
  accountSid: string,
  { filter, ...paging }: Paging & { filter?: MessageCriteria | null | undefined },
): Promise<MessageConnectionShape> {
  const window = await context.messages(accountSid, filter ?? {}, paging);
  return {
    ...toConnection(window, (wire) => messageNode(wire, context)),
    scannedCount: window.scanned,
    scanLimitReached: window.scanLimitReached,
    historyTruncated: window.truncated,
  };
}
