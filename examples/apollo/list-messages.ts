// Prints the newest messages with Apollo Client, whose cache merges the pages:
//   GATEWAY_KEY=tgw_… npm --prefix examples run -s apollo -- 3
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { ServerError } from '@apollo/client/errors';
import { relayStylePagination } from '@apollo/client/utilities';

const { GATEWAY_URL = 'http://localhost:4000/graphql', GATEWAY_KEY } = process.env;

interface Data {
  messages: {
    edges: {
      node: { sid: string; status: string; dateCreated: string; account: { friendlyName: string } };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  } | null;
}

const QUERY: TypedDocumentNode<Data, { after?: string | null }> = gql`
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

const client = new ApolloClient({
  link: new HttpLink({
    uri: GATEWAY_URL,
    headers: GATEWAY_KEY ? { authorization: `Bearer ${GATEWAY_KEY}` } : {},
  }),
  cache: new InMemoryCache({
    possibleTypes: { TwilioAccount: ['Account', 'Subaccount'] },
    // A list is identified by its arguments without first and after.
    typePolicies: { Query: { fields: { messages: relayStylePagination(['accountSid', 'filter']) } } },
  }),
});

async function listMessages(pages: number): Promise<void> {
  const list = client.watchQuery({ query: QUERY });
  let { data } = await list.refetch();
  for (let page = 1; page < pages && data?.messages?.pageInfo.hasNextPage; page += 1) {
    await list.fetchMore({ variables: { after: data.messages.pageInfo.endCursor } });
    // The merged list.
    data = client.readQuery({ query: QUERY }) ?? undefined;
  }
  for (const { node } of data?.messages?.edges ?? []) {
    process.stdout.write(`${node.dateCreated} ${node.status} ${node.sid} ${node.account.friendlyName}\n`);
  }
}

const pages = Number(process.argv[2] ?? 1);
if (!Number.isInteger(pages) || pages < 1) {
  process.stderr.write('Usage: list-messages.ts [PAGES]\n');
  process.exitCode = 2;
} else {
  await listMessages(pages).catch((error: Error) => {
    // A response such as 401 has the gateway's error in its body.
    const message = ServerError.is(error) ? JSON.parse(error.bodyText).errors[0].message : error.message;
    process.stderr.write(`${message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}\n`);
    process.exitCode = 1;
  });
}
