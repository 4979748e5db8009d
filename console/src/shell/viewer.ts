import { graphql, useLazyLoadQuery } from 'react-relay';
import type { viewerQuery } from '#relay/viewerQuery';

export const VIEWER_QUERY = graphql`
  query viewerQuery {
    viewer {
      name
      role
      isSandbox
      fieldPolicy {
        bodies
        addresses
        media
      }
      credentials {
        id
        nickname
        accountSid
        dateRefused
        history {
          enabled
          state
          asOf
        }
      }
    }
  }
`;

/** Returns the user and what they may see. Read once; suspends until then. */
export function useViewer(): viewerQuery['response']['viewer'] {
  return useLazyLoadQuery<viewerQuery>(VIEWER_QUERY, {}, { fetchPolicy: 'store-or-network' }).viewer;
}
