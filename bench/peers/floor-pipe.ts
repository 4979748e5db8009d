import { pipeline } from 'node:stream/promises';
import { accountPath, listPath, messagePath } from './environment.ts';
import { serveFloor, sidsOf } from './floor-server.ts';
import { getStream } from './undici-get.ts';

/** Floor 1: pipes the upstream's bytes; several responses become one line each. */
serveFloor(async (request, response) => {
  const { account, sids } = sidsOf(request);
  const list = listPath(account, request.operationName === 'W4' ? 1000 : 50);
  const paths = {
    W2: [list, accountPath(account)],
    W3: sids.map((sid) => messagePath(account, sid)),
  }[request.operationName] ?? [list];
  const parts = await Promise.all(paths.map(getStream));
  const [only] = parts;
  if (parts.length === 1 && only) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': only.length });
    return pipeline(only.body, response);
  }
  const length = parts.reduce((sum, part) => sum + Number(part.length) + 1, 0);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': length });
  for (const { body } of parts) {
    for await (const chunk of body) response.write(chunk);
    response.write('\n');
  }
  response.end();
});
