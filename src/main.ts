import { keepCompiled } from './compile-cache.ts';
import { ConfigError, loadConfig } from './config.ts';

/** Runs the gateway until the process is told to stop. */
export const main = (): Promise<void> =>
  orExit(async () => {
    const config = loadConfig(process.env);
    keepCompiled();
    // Imported only now, so that all of it comes out of the cache.
    const { start } = await import('./start.ts');
    const gateway = await start(config, (text) => process.stdout.write(text));
    await stopSignal();
    await gateway.stop();
  });

/** Exits 1 when something cannot be started, and says why in a sentence. */
export async function orExit(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exitCode = 1;
  }
}

/** Resolves on the first SIGTERM or SIGINT; a second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

function startProblem(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'The port is taken by another program. Set PORT to another one.';
  if (code === 'EACCES') return 'This port may not be used. Set PORT to one above 1023.';
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine.';
  return `The gateway could not start: ${message}`;
}

if (import.meta.main) await main();
