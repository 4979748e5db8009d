import { spawnSync } from 'node:child_process';
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
