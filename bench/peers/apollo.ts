import { type DataSourceConfig, RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { AUTHORIZATION, accountPath, listPath, messagePath, PORT, UPSTREAM_URL } from './environment.ts';
import { fieldResolvers, type MessageArgs, type MessagePage, type MessagesArgs, typeDefs } from './schema.ts';

/** Apollo Server with its REST data source, which deduplicates reads within a request. */
class Twilio extends RESTDataSource {
  override baseURL = UPSTREAM_URL;

  override willSendRequest(_path: string, request: { headers: Record<string, string> }): void {
    request.headers.authorization = AUTHORIZATION;
  }

  messages = ({ accountSid, first, after }: MessagesArgs) =>
    this.get<MessagePage>(listPath(accountSid, first, after));

  message = ({ accountSid, sid }: MessageArgs) => this.get<WireMessage>(messagePath(accountSid, sid));

  account = (sid: string) => this.get<WireAccount>(accountPath(sid));
}

type Fetch = NonNullable<DataSourceConfig['fetch']>;

interface Context {
  twilio: Twilio;
}

const server = new ApolloServer<Context>({
  typeDefs,
  introspection: false,
  resolvers: {
    ...fieldResolvers,
    Query: {
      message: (_root: unknown, args: MessageArgs, { twilio }: Context) => twilio.message(args),
      messages: (_root: unknown, args: MessagesArgs, { twilio }: Context) => twilio.messages(args),
    },
    Message: {
      ...fieldResolvers.Message,
      account: (message: WireMessage, _args: unknown, { twilio }: Context) =>
        twilio.account(message.account_sid),
    },
  },
});

await startStandaloneServer(server, {
  listen: { port: PORT, host: '127.0.0.1' },
  // Node's fetch keeps connections alive; the data source's default opens one per call.
  context: async () => ({ twilio: new Twilio({ cache: server.cache, fetch: fetch as Fetch }) }),
});
