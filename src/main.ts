import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ConfigError, loadConfig } from './config/config.ts';
import { findMisspelled } from './config/unknown-variables.ts';

/** Limit for closing the store and the connections, after the requests have ended or were aborted. */
const CLOSE_WITHIN_MS = 5_000;

/** In node_modules, which only the owner of the program can write to: a shared /tmp could be poisoned. */
const COMPILED_CODE = new URL('../node_modules/.cache/compiled', import.meta.url);

/** Runs the gateway until the process is told to stop. */
export const main = (): Promise<void> =>
  orExit(async () => {
    const config = loadConfig(process.env);
    cacheCompiledCode();
    const print = (text: string) => process.stdout.write(text);
    const stopRequested = stopSignal();
    // Imported after the cache is enabled, so that all modules are compiled from it.
    const [{ start }, { createLogger }] = await Promise.all([import('./start.ts'), import('./log.ts')]);
    const log = createLogger(config.logLevel, print);
    for (const warning of findMisspelled(process.env)) log.warn(warning);
    process.on('uncaughtException', (err, origin) => {
      // The state is unknown after an uncaught exception: a restart is better than a wrong response.
      log.fatal({ err, origin }, 'uncaught exception; exiting');
      process.exit(1);
    });

    // Programs read the log on stdout; only a person reads the greeting.
    const terminal = [process.stdout, process.stderr].find(({ isTTY }) => isTTY);
    const greet = (text: string) => terminal?.write(text);
    const gateway = await Promise.race([start(config, print, greet), stopRequested]);
    // No request has been accepted yet, and a start can resume from any state on disk.
    if (!gateway) process.exit(0);
    await stopRequested;
    const overdue = setTimeout(() => {
      log.error('not everything could be closed in time');
      process.exit(1);
    }, config.shutdownTimeoutMs + CLOSE_WITHIN_MS);
    await gateway.stop().catch((err: unknown) => {
      log.error({ err }, 'not everything could be closed');
      process.exitCode = 1;
    });
    clearTimeout(overdue);
    process.exit();
  });

/** Runs a start function. When it fails, prints the reason in one sentence and sets the exit code to 1. */
export async function orExit(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exitCode = 1;
  }
}

/** Resolves on the first SIGTERM or SIGINT; a second signal exits immediately. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(1);
        isStopping = true;
        resolve();
      });
    }
  });
}

function startProblem(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use by another program. Set PORT to another one.`;
  if (code === 'EACCES') return `Permission to use port ${port} was denied. Set PORT to one above 1023.`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine.';
  return `The gateway could not start: ${message}`;
}

/**
 * Enables Node's compile cache for modules imported from now on, which halves the start-up time. Node writes the
 * cache when the process exits. Does nothing when the folder is not writable.
 */
export function cacheCompiledCode(): void {
  enableCompileCache(fileURLToPath(COMPILED_CODE));
}

if (import.meta.main) await main();
