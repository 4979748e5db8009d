import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { ConnectionHandler } from 'relay-runtime';
import type { useNewerMessagesQuery } from '#relay/useNewerMessagesQuery';
import { type GatewayError, toGatewayError } from '../relay/gateway-error.ts';

const QUERY = graphql`
  query useNewerMessagesQuery($id: ID!) {
    node(id: $id) {
      ... on Thread {
        messages(first: 20) {
          nodes {
            id
            ...Conversation_message
            ...ThreadMessage_message
          }
          asOf
        }
      }
    }
  }
`;

export const POLL_MS = 20_000;

interface Newer {
  /** When the newest messages were last read; null before the first time. */
  readonly asOf: string | null;
  /** Why the last read failed. */
  readonly error: GatewayError | null;
  /** Reads them now. */
  readonly check: () => void;
}

interface Options {
  readonly threadId: string;
  /** False where the newest messages are not shown. */
  readonly isLive: boolean;
  readonly onNew: (count: number) => void;
  /** Called where more came than one read has: the list is to be read again. */
  readonly onGap: () => void;
}

/** Adds new messages to the conversation while its page is visible. Statuses of the last messages change with it. */
export function useNewerMessages({ threadId, isLive, onNew, onGap }: Options): Newer {
  const environment = useRelayEnvironment();
  const [asOf, setAsOf] = useState<string | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const handlers = useRef({ onNew, onGap });
  handlers.current = { onNew, onGap };
  const running = useRef(false);

  const check = useCallback(() => {
    if (running.current) return;
    running.current = true;
    const finish = (failed: GatewayError | null) => {
      running.current = false;
      setError(failed);
    };
    fetchQuery<useNewerMessagesQuery>(environment, QUERY, { id: threadId }).subscribe({
      next: ({ node }) => {
        const messages = node && 'messages' in node ? node.messages : null;
        if (!messages) return;
        setAsOf(messages.asOf);
        const ids = messages.nodes.map(({ id }) => id);
        environment.commitUpdate((store) => {
          const thread = store.get(threadId);
          const connection = thread && ConnectionHandler.getConnection(thread, 'Conversation_messages');
          if (!connection) return;
          const edges = connection.getLinkedRecords('edges') ?? [];
          const known = new Set(edges.map((edge) => edge?.getLinkedRecord('node')?.getDataID()));
          const added = ids.filter((id) => !known.has(id));
          if (added.length === 0) return;
          if (added.length === ids.length && known.size > 0 && ids.length >= 20) {
            queueMicrotask(() => handlers.current.onGap());
            return;
          }
          for (const id of added.reverse()) {
            const record = store.get(id);
            if (!record) continue;
            const edge = ConnectionHandler.createEdge(store, connection, record, 'MessageEdge');
            ConnectionHandler.insertEdgeBefore(connection, edge);
          }
          queueMicrotask(() => handlers.current.onNew(added.length));
        });
      },
      complete: () => finish(null),
      error: (failed: Error) => finish(toGatewayError(failed)),
    });
  }, [environment, threadId]);

  useEffect(() => {
    if (!isLive) return;
    const checkIfVisible = () => {
      if (document.visibilityState === 'visible') check();
    };
    const timer = setInterval(checkIfVisible, POLL_MS);
    document.addEventListener('visibilitychange', checkIfVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', checkIfVisible);
    };
  }, [isLive, check]);
  return { asOf, error, check };
}
