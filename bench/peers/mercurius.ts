import Fastify from 'fastify';
import mercurius from 'mercurius';
import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { accountPath, listPath, messagePath, PORT } from './environment.ts';
import { fieldResolvers, type MessageArgs, type MessagePage, type MessagesArgs, typeDefs } from './schema.ts';
import { get } from './undici-get.ts';

/** Mercurius on Fastify with its JIT and its loaders, over undici. */
const app = Fastify({ logger: false });

await app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  graphiql: false,
  resolvers: {
    ...fieldResolvers,
    Query: {
      messages: (_root: unknown, { accountSid, first, after }: MessagesArgs) =>
        get<MessagePage>(listPath(accountSid, first, after)),
    },
  },
  loaders: {
    Query: {
      // Loaders deduplicate reads; the messages themselves are read concurrently.
      message: (queries: { params: MessageArgs }[]) =>
        Promise.all(
          queries.map(({ params }) => get<WireMessage>(messagePath(params.accountSid, params.sid))),
        ),
    },
    Message: {
      account: (queries: { obj: WireMessage }[]) => {
        const reads = new Map<string, Promise<WireAccount>>();
        for (const { obj } of queries) {
          if (!reads.has(obj.account_sid)) {
            reads.set(obj.account_sid, get<WireAccount>(accountPath(obj.account_sid)));
          }
        }
        return Promise.all(queries.map(({ obj }) => reads.get(obj.account_sid)));
      },
    },
  },
});

await app.listen({ port: PORT, host: '127.0.0.1' });
