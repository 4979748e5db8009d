import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartOptions {
  readonly core: number | undefined;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly ipc?: boolean;
}

/** Starts Node, optionally on a given core. taskset replaces itself, so the pid is that of Node. */
export function startNode({ core, args, env = {}, cwd, ipc = false }: StartOptions): Child {
  const [command, ...rest] =
    core === undefined ? [process.execPath] : ['taskset', '-c', String(core), process.execPath];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command as string, [...rest, ...args], {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', ...(ipc ? (['ipc'] as const) : [])],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export type Child = ChildProcess;

const running = new Set<Child>();

/** Kills all started processes when this process exits. */
export function killChildrenOnExit(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
}

/** Stops a started process; kills it after 5 seconds. */
export function stopNode(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Polls every 5 ms until the process is ready. @throws when it exits, or after `timeoutMs` */
export async function untilReady(
  isReady: () => Promise<boolean>,
  child: Child,
  timeoutMs: number,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (child.exitCode !== null)
      throw new Error(`The process exited with ${child.exitCode} before it was ready.`);
    if (await isReady().catch(() => false)) return;
    await sleep(5);
  }
  throw new Error(`The process was not ready within ${timeoutMs / 1000} s.`);
}
