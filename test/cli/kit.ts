import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The output of all commands in a test file. */
export const transcript: string[] = [];

/** Runs the program with these environment variables only, and pipes `stdin` into it. */
export function cli(args: readonly string[], env: Record<string, string>, stdin = ''): Promise<Ran> {
  return spawnAndWait(process.execPath, ['scripts/cli.mjs', ...args], env, (child) => child.stdin.end(stdin));
}

/** Runs any program like {@link cli}. @param interact called once with the started process */
export function spawnAndWait(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  interact: (child: ChildProcessWithoutNullStreams) => void,
): Promise<Ran> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH ?? '', ...env } });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    ran.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ran.stderr += chunk;
  });
  // A command that fails before reading stdin closes the pipe.
  child.stdin.on('error', () => {});
  interact(child);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      transcript.push(ran.stdout, ran.stderr);
      resolve({ ...ran, code });
    });
  });
}

/** Starts a sandbox with a port, and creates an empty folder for databases. */
export async function openHome() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-cli-'));
  const sandbox = createSandbox({ messages: 20 });
  const { url, close } = await sandbox.listen();
  const [parent, active] = sandbox.apps;
  if (!parent || !active) throw new Error('The sandbox has no apps');
  let files = 0;
  return {
    directory,
    sandbox,
    parent,
    active,
    /** Returns settings with a new database. */
    settings(): Record<string, string> {
      files += 1;
      return {
        DATABASE_FILE: join(directory, `data-${files}`, 'gateway.db'),
        SANDBOX: 'off',
        TWILIO_API_URL: url,
        TWILIO_OAUTH_URL: url,
        GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey(),
      };
    },
    async close() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type Home = Awaited<ReturnType<typeof openHome>>;

/** Returns the arguments that add an app under a nickname. */
export function adding(nickname: string, { clientId }: { clientId: string }): string[] {
  return ['credential', 'add', '--nickname', nickname, '--client-id', clientId];
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the command's, which the test knows
export function json(text: string): any {
  return JSON.parse(text);
}
