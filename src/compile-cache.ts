import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** In node_modules, where nobody but the owner of the program writes: a shared /tmp could be poisoned. */
const FOLDER = new URL('../node_modules/.cache/compiled', import.meta.url);

/**
 * Keeps what Node compiles for the next start, which halves it. Holds for what is imported from now on; Node
 * writes it down when the process exits, where nobody waits for an answer. Where the folder cannot be written,
 * nothing is kept and nothing fails.
 */
export function keepCompiled(): void {
  enableCompileCache(fileURLToPath(FOLDER));
}
