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

/** Starts this very Node on a core of its own. taskset becomes the process it starts, so the pid is right. */
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

/** Nothing that was started outlives this process, however it ends. */
export function killChildrenOnExit(): void {
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
}

/** Ends a process this harness started, by force where it does not go. */
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

/** Tries every five milliseconds until it answers. @throws when the process ends or `withinMs` are over */
export async function untilReady(ask: () => Promise<boolean>, child: Child, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before it answered.`);
    if (await ask().catch(() => false)) return;
    await sleep(5);
  }
  throw new Error(`It did not answer within ${withinMs / 1000} s.`);
}
