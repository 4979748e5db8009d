import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code, after the exit. */
  readonly exited: Promise<number | null>;
  /** Waits for output and returns the match of the pattern's first group. */
  printed(pattern: RegExp): Promise<string>;
}

/** Runs one of our programs as a separate process, with its own database and only these variables. */
export function run(args: readonly string[], env: Record<string, string> = {}): Program {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-e2e-'));
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', DATABASE_FILE: join(folder, 'data', 'gateway.db'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(code);
    });
  });
  return {
    child,
    exited,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (!match) return;
          listeners.delete(look);
          resolve(match[1] ?? match[0]);
        };
        listeners.add(look);
        exited.then((code) =>
          reject(new Error(`exited with ${code} before printing ${pattern}:\n${output}`)),
        );
        look();
      }),
  };
}
