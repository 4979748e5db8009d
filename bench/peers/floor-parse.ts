import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { accountPath, listPath, messagePath } from './environment.ts';
import { threeFields, twelveFields } from './fields.ts';
import { type Asked, serveFloor, wanted } from './floor-server.ts';
import type { MessagePage } from './schema.ts';
import { get } from './undici-get.ts';

/** Floor 2: parses, takes twelve fields and writes the GraphQL answer, without GraphQL. */
serveFloor(async (asked, response) => {
  const text = JSON.stringify({ data: await dataOf(asked) });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
});

async function dataOf(asked: Asked): Promise<unknown> {
  const { account, sids } = wanted(asked);
  const read = () => get<MessagePage>(listPath(account, asked.operationName === 'W4' ? 1000 : 50));
  switch (asked.operationName) {
    case 'W2': {
      const [{ messages }, owner] = await Promise.all([read(), get<WireAccount>(accountPath(account))]);
      const nodes = messages.map((message) => ({ ...twelveFields(message), account: threeFields(owner) }));
      return { messages: { nodes } };
    }
    case 'W3': {
      const messages = await Promise.all(sids.map((sid) => get<WireMessage>(messagePath(account, sid))));
      // Twenty aliases over ten messages, as the query has them.
      const twice = [...messages, ...messages].map((message, i) => [`m${i}`, twelveFields(message)]);
      return Object.fromEntries(twice);
    }
    default:
      return { messages: { nodes: (await read()).messages.map(twelveFields) } };
  }
}
