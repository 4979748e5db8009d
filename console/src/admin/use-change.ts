import { useCallback } from 'react';
import { commitMutation, fetchQuery, useRelayEnvironment } from 'react-relay';
import type { GraphQLTaggedNode, MutationParameters } from 'relay-runtime';
import type { viewerQuery } from '#relay/viewerQuery';
import { VIEWER_QUERY } from '../shell/viewer.ts';

/**
 * Runs a mutation.
 *
 * @param changesViewer whether what every screen knows of the viewer's credentials is read again afterwards
 * @returns a function that resolves with the response, and rejects with a {@link GatewayError}
 */
export function useChange<T extends MutationParameters>(
  mutation: GraphQLTaggedNode,
  { changesViewer = false } = {},
) {
  const environment = useRelayEnvironment();
  return useCallback(
    (variables: T['variables']) =>
      new Promise<T['response']>((resolve, reject) => {
        commitMutation<T>(environment, {
          mutation,
          variables,
          onCompleted: (response) => {
            if (changesViewer)
              fetchQuery<viewerQuery>(environment, VIEWER_QUERY, {}).subscribe({ error: () => {} });
            resolve(response);
          },
          onError: reject,
        });
      }),
    [environment, mutation, changesViewer],
  );
}
