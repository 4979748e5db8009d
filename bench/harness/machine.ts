import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Which core serves and which one loads and plays upstream; null where nothing is pinned. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly pinned: Cores | null;
  readonly date: string;
}

/** Two cores and taskset are needed to keep the load away from what is measured. */
export function chooseCores(server: number, load: number): Cores | null {
  if (process.platform !== 'linux' || spawnSync('taskset', ['-c', String(load), 'true']).status !== 0)
    return null;
  if (spawnSync('taskset', ['-c', String(server), 'true']).status !== 0 || server === load) return null;
  spawnSync('taskset', ['-pc', String(load), String(process.pid)]);
  return { server, load };
}

export function describeMachine(pinned: Cores | null): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    pinned,
    date: new Date().toISOString(),
  };
}

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
export function endWithChildren(): void {
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
