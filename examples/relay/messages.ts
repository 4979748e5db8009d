// Only relay-compiler reads this file. With Babel's or Vite's Relay plugin, the tags stand where they are used instead.
import { graphql } from 'relay-runtime';

export const MESSAGES = graphql`
  query messagesQuery($after: String) {
    messages(first: 20, after: $after) {
      nodes {
        id
        sid
        status
        dateCreated
        account {
          friendlyName
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
