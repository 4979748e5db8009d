import { cacheCompiledCode } from './compile-cache.ts';
import { ConfigError, loadConfig } from './config/config.ts';
import { findMisspelled } from './config/unknown-variables.ts';

/** For closing what is open, after the requests have ended or were cut off. */
const CLOSE_WITHIN_MS = 5_000;

/** Runs the gateway until the process is told to stop. */
export const main = (): Promise<void> =>
  orExit(async () => {
    const config = loadConfig(process.env);
    cacheCompiledCode();
    const print = (text: string) => process.stdout.write(text);
    const told = stopSignal();
    // Imported only now, so that all of it comes out of the cache.
    const [{ start }, { createLogger }] = await Promise.all([import('./start.ts'), import('./log.ts')]);
    const log = createLogger(config.logLevel, print);
    for (const warning of findMisspelled(process.env)) log.warn(warning);
    process.on('uncaughtException', (err, origin) => {
      // What is half done now is not known: better a clean start than an answer that may be wrong.
      log.fatal({ err, origin }, 'the process ends: something failed that nobody was waiting for');
      process.exit(1);
    });

    const gateway = await Promise.race([start(config, print), told]);
    // Nothing has been promised to anybody yet, and every state on disk is one to start from.
    if (!gateway) process.exit(0);
    await told;
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

/** Exits 1 when something cannot be started, and says why in a sentence. */
export async function orExit(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exitCode = 1;
  }
}

/** Resolves on the first SIGTERM or SIGINT; a second one, of either kind, ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isTold) process.exit(1);
        isTold = true;
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
