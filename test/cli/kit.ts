import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEncryptionKey } from '../../src/credentials/encryption-keys.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Everything that commands wrote in this file's tests. */
export const transcript: string[] = [];

/** Runs the program with these variables and no other setting; what is piped into it is never a terminal. */
export function cli(args: readonly string[], env: Record<string, string>, stdin = ''): Promise<Ran> {
  return spawnAndWait(process.execPath, ['src/cli.ts', ...args], env, (child) => child.end(stdin));
}

/** As {@link cli}, for whoever feeds stdin bit by bit, or runs it inside something else. */
export function spawnAndWait(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  feed: (stdin: NodeJS.WritableStream, output: () => string, pid: number) => void,
): Promise<Ran> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH ?? '', ...env } });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    ran.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ran.stderr += chunk;
  });
  // A command that fails before it reads leaves a pipe nobody listens to.
  child.stdin.on('error', () => {});
  feed(child.stdin, () => ran.stdout + ran.stderr, child.pid ?? 0);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      transcript.push(ran.stdout, ran.stderr);
      resolve({ ...ran, code });
    });
  });
}

/** A made-up Twilio that listens, and an empty folder for the database of whoever uses it. */
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
    /** Settings with a database of their own. */
    settings(): Record<string, string> {
      files += 1;
      return {
        DATABASE_FILE: join(directory, `data-${files}`, 'gateway.db'),
        SANDBOX: 'off',
        TWILIO_API_URL: url,
        TWILIO_OAUTH_URL: url,
        GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey(),
        // Dozens of processes that all load the same modules.
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
      };
    },
    async close() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type Home = Awaited<ReturnType<typeof openHome>>;

/** The arguments that add an app under a nickname. */
export function adding(nickname: string, { clientId }: { clientId: string }): string[] {
  return ['credential', 'add', '--nickname', nickname, '--client-id', clientId];
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the command's, which the test knows
export function json(text: string): any {
  return JSON.parse(text);
}
