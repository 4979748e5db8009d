import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, freePort, startNode, stopNode, untilReady } from '../bench/harness/child-process.ts';

export const ROOT = join(import.meta.dirname, '..');
const STARTS_WITHIN_MS = 60_000;

export interface Started {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly child: Child;
  stop(): Promise<void>;
}

export interface Credential {
  readonly accountSid: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Starts the gateway like `npm start`, with a new database unless `env` names one. */
export async function startGateway(
  core: number | undefined,
  upstream: string,
  credential: Credential | null,
  env: Readonly<Record<string, string>> = {},
  nodeArgs: readonly string[] = [],
): Promise<Started> {
  const scratch = mkdtempSync(join(tmpdir(), 'twilio-soak-'));
  const started = await startProgram(core, [...nodeArgs, 'src/main.ts'], '/health', {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    SANDBOX: 'off',
    TWILIO_API_URL: upstream,
    TWILIO_OAUTH_URL: upstream,
    ...(credential && {
      TWILIO_ACCOUNT_SID: credential.accountSid,
      TWILIO_CLIENT_ID: credential.clientId,
      TWILIO_CLIENT_SECRET: credential.clientSecret,
    }),
    DATABASE_FILE: join(scratch, 'gateway.db'),
    ...env,
  });
  return {
    ...started,
    async stop() {
      await started.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** Starts a script on a free port of 127.0.0.1 and waits until it responds. */
export async function startProgram(
  core: number | undefined,
  args: readonly string[],
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const port = await freePort();
  const child = startNode({ core, cwd: ROOT, args, env: { PORT: String(port), ...env } });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(async () => (await fetch(url + path)).ok, child, STARTS_WITHIN_MS);
  return { url, port, pid: child.pid as number, child, stop: () => stopNode(child) };
}
