import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** The core of the server, and the core of the load generator and the upstream. */
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

/** Pins this process to the load core. Returns null without taskset or two cores. */
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
