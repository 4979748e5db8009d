import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { accountPath, listPath, messagePath } from './environment.ts';
import { threeFields, twelveFields } from './fields.ts';
import { serveFloor, sidsOf, type WorkloadRequest } from './floor-server.ts';
import type { MessagePage } from './schema.ts';
import { get } from './undici-get.ts';

/** Floor 2: parses, picks twelve fields and serializes the response, without GraphQL. */
serveFloor(async (request, response) => {
  const text = JSON.stringify({ data: await dataOf(request) });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
});

async function dataOf(request: WorkloadRequest): Promise<unknown> {
  const { account, sids } = sidsOf(request);
  const read = () => get<MessagePage>(listPath(account, request.operationName === 'W4' ? 1000 : 50));
  switch (request.operationName) {
    case 'W2': {
      const [{ messages }, owner] = await Promise.all([read(), get<WireAccount>(accountPath(account))]);
      const nodes = messages.map((message) => ({ ...twelveFields(message), account: threeFields(owner) }));
      return { messages: { nodes } };
    }
    case 'W3': {
      const messages = await Promise.all(sids.map((sid) => get<WireMessage>(messagePath(account, sid))));
      // Twenty aliases over ten messages, as in the query.
      const twice = [...messages, ...messages].map((message, i) => [`m${i}`, twelveFields(message)]);
      return Object.fromEntries(twice);
    }
    default:
      return { messages: { nodes: (await read()).messages.map(twelveFields) } };
  }
}
