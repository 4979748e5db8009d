// Prints the newest messages with Relay's runtime, page by page:
//   GATEWAY_KEY=tgw_… npm --prefix examples run -s relay -- 3
import relay, { type GraphQLResponse } from 'relay-runtime';
import query, { type messagesQuery } from './__generated__/messagesQuery.graphql.ts';

const { Environment, fetchQuery, Network, RecordSource, Store } = relay;
const { GATEWAY_URL = 'http://localhost:4000/graphql', GATEWAY_KEY } = process.env;

const environment = new Environment({
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(GATEWAY_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(GATEWAY_KEY ? { authorization: `Bearer ${GATEWAY_KEY}` } : {}),
      },
      body: JSON.stringify({ query: text, variables }),
    });
    const result = (await response.json()) as GraphQLResponse & { errors?: { message: string }[] };
    // Relay itself rejects a result only if it has no data at all.
    const [error] = result.errors ?? [];
    if (error) throw new Error(error.message);
    return result;
  }),
  store: new Store(new RecordSource()),
});

async function listMessages(pages: number): Promise<void> {
  let after: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const { messages }: messagesQuery['response'] = (await fetchQuery<messagesQuery>(environment, query, {
      after,
    }).toPromise()) ?? { messages: null };
    for (const { dateCreated, status, sid, account } of messages?.nodes ?? []) {
      process.stdout.write(`${dateCreated} ${status} ${sid} ${account?.friendlyName}\n`);
    }
    if (!messages?.pageInfo.hasNextPage) break;
    after = messages.pageInfo.endCursor ?? null;
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
