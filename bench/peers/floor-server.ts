import { createServer, type ServerResponse } from 'node:http';
import { PORT } from './environment.ts';

/** What a floor takes from a request: the operation's name says which workload it is. */
export interface Asked {
  operationName: string;
  variables: Record<string, string>;
}

/** A server that understands the workloads' names and no GraphQL. */
export function serveFloor(answer: (asked: Asked, response: ServerResponse) => Promise<void>): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(JSON.parse(Buffer.concat(chunks).toString()) as Asked, response).catch(() => {
        response.writeHead(500).end('{"errors":[]}');
      });
    });
  });
  server.listen(PORT, '127.0.0.1');
}

/** The account and the messages a request names. */
export function wanted({ variables }: Asked): { account: string; sids: string[] } {
  const { account = '', ...rest } = variables;
  return { account, sids: Object.values(rest) };
}
