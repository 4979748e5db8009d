// Prints the newest messages with urql, whose Graphcache merges the pages:
//   GATEWAY_KEY=tgw_… npm --prefix examples run -s urql -- 3
import { Client, fetchExchange, gql, type OperationResult } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

const { GATEWAY_URL = 'http://localhost:4000/graphql', GATEWAY_KEY } = process.env;

interface Data {
  messages: {
    edges: {
      node: { sid: string; status: string; dateCreated: string; account: { friendlyName: string } };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  } | null;
}

const QUERY = gql<Data, { after: string | null }>`
  query Messages($after: String) {
    messages(first: 20, after: $after) {
      edges {
        cursor
        node { id sid status dateCreated account { id friendlyName } }
      }
      pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
    }
  }
`;

const client = new Client({
  url: GATEWAY_URL,
  exchanges: [cacheExchange({ resolvers: { Query: { messages: relayPagination() } } }), fetchExchange],
  fetchOptions: { headers: GATEWAY_KEY ? { authorization: `Bearer ${GATEWAY_KEY}` } : {} },
});

async function listMessages(pages: number): Promise<void> {
  let messages: Data['messages'] | undefined;
  for (let page = 0; page < pages; page += 1) {
    const after: string | null = messages?.pageInfo.endCursor ?? null;
    const { data, error }: OperationResult<Data> = await client.query(QUERY, { after });
    if (error) throw error.networkError ?? error.graphQLErrors[0] ?? error;
    // All pages so far, merged.
    messages = data?.messages;
    if (!messages?.pageInfo.hasNextPage) break;
  }
  for (const { node } of messages?.edges ?? []) {
    process.stdout.write(`${node.dateCreated} ${node.status} ${node.sid} ${node.account.friendlyName}\n`);
  }
}

const pages = Number(process.argv[2] ?? 1);
if (!Number.isInteger(pages) || pages < 1) {
  process.stderr.write('Usage: list-messages.ts [PAGES]\n');
  process.exitCode = 2;
} else {
  await listMessages(pages).catch(({ message, cause }: Error) => {
    process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`);
    process.exitCode = 1;
  });
}
