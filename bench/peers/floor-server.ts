import { createServer, type ServerResponse } from 'node:http';
import { PORT } from './environment.ts';

/** The parts of a request that a floor uses; the operation name is the workload. */
export interface WorkloadRequest {
  operationName: string;
  variables: Record<string, string>;
}

/** Serves the workloads by their operation names, without GraphQL. */
export function serveFloor(
  respond: (request: WorkloadRequest, response: ServerResponse) => Promise<void>,
): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      respond(JSON.parse(Buffer.concat(chunks).toString()) as WorkloadRequest, response).catch(() => {
        response.writeHead(500).end('{"errors":[]}');
      });
    });
  });
  server.listen(PORT, '127.0.0.1');
}

/** Returns the account and message SIDs of a request. */
export function sidsOf({ variables }: WorkloadRequest): { account: string; sids: string[] } {
  const { account = '', ...rest } = variables;
  return { account, sids: Object.values(rest) };
}
