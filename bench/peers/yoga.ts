import { createServer } from 'node:http';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { AUTHORIZATION, accountPath, listPath, messagePath, PORT, UPSTREAM_URL } from './environment.ts';
import { fieldResolvers, type MessageArgs, type MessagePage, type MessagesArgs, typeDefs } from './schema.ts';

/** Yoga as in its guide, with Node's fetch and one DataLoader per request to deduplicate reads. */
async function get<T>(path: string): Promise<T> {
  const response = await fetch(UPSTREAM_URL + path, { headers: { authorization: AUTHORIZATION } });
  if (!response.ok) throw new Error(`The upstream answered ${response.status}.`);
  return (await response.json()) as T;
}

const createLoader = () =>
  new DataLoader((paths: readonly string[]) => Promise.all(paths.map((path) => get<unknown>(path))));

interface Context {
  loader: ReturnType<typeof createLoader>;
}

const yoga = createYoga({
  logging: false,
  graphiql: false,
  landingPage: false,
  context: (): Context => ({ loader: createLoader() }),
  schema: createSchema<Context>({
    typeDefs,
    resolvers: {
      ...fieldResolvers,
      Query: {
        message: (_root: unknown, { accountSid, sid }: MessageArgs, { loader }: Context) =>
          loader.load(messagePath(accountSid, sid)) as Promise<WireMessage>,
        messages: (_root: unknown, { accountSid, first, after }: MessagesArgs) =>
          get<MessagePage>(listPath(accountSid, first, after)),
      },
      Message: {
        ...fieldResolvers.Message,
        account: (message: WireMessage, _args: unknown, { loader }: Context) =>
          loader.load(accountPath(message.account_sid)) as Promise<WireAccount>,
      },
    },
  }),
});

createServer(yoga).listen(PORT, '127.0.0.1');
