import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { GraphQLResult } from '../kit.ts';
import { startPostgres } from '../store/postgres.ts';
import { type Program, run } from './process.ts';

/** A gateway in a separate process. */
export interface RunningGateway {
  readonly program: Program;
  readonly url: string;
}

/** An empty PostgreSQL database and an upstream server, for gateways that share them. */
export async function openShared(sandbox: Sandbox, settings: Readonly<Record<string, string>>) {
  const [postgres, upstream] = await Promise.all([startPostgres(), sandbox.listen()]);
  const databaseUrl = await postgres.createDatabase();
  const env = {
    PORT: '0',
    SANDBOX: 'off',
    TWILIO_API_URL: upstream.url,
    TWILIO_OAUTH_URL: upstream.url,
    DATABASE_URL: databaseUrl,
    GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey(),
    ...settings,
  };
  return {
    postgres,
    databaseUrl,
    async start(): Promise<RunningGateway> {
      const program = run(['scripts/start.mjs'], env);
      return { program, url: await program.printed(/"url":"(http:[^"]+)"/) };
    },
    async close(): Promise<void> {
      await upstream.close();
      await postgres.close();
    },
  };
}

export async function askGateway(
  gateway: RunningGateway | undefined,
  query: string,
  variables: object,
  token: string,
): Promise<GraphQLResult> {
  const response = await fetch(`${gateway?.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLResult;
}
