/**
 * Bundles the gateway and its packages: `node scripts/bundle.mjs <folder>`. Exits with 3, and does nothing, where
 * rolldown is not installed.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder = ''] = process.argv.slice(2);
const root = fileURLToPath(new URL('../', import.meta.url));
/** Bundles of earlier sources are removed after a day: a gateway that still runs may import a part of its own later. */
const KEEP_MS = 24 * 60 * 60 * 1000;

/** The programs and the threads. */
const ENTRIES = ['main', 'cli', 'http/graphiql-worker', 'history/history-worker'];

const { rolldown } = await import('rolldown').catch(() => process.exit(3));
// Moved into place whole: another start may be looking for it.
const unfinished = join(dirname(folder), `.${basename(folder)}-${randomUUID()}`);
// Each on its own: from chunks that it shares with others, the gateway takes a fifth more time and twice the memory to
// read a long list.
await Promise.all(
  ENTRIES.map(async (entry) => {
    const bundle = await rolldown({
      cwd: root,
      input: { [basename(entry)]: `src/${entry}.ts` },
      platform: 'node',
      // Optional parts of pg that are not installed.
      external: [/^node:/, 'pg-native', 'pg-cloudflare'],
      logLevel: 'silent',
    });
    await bundle.write({ dir: unfinished, format: 'esm', minify: false });
    await bundle.close();
  }),
);
if (existsSync(folder)) rmSync(unfinished, { recursive: true });
else renameSync(unfinished, folder);

for (const name of readdirSync(dirname(folder))) {
  const path = join(dirname(folder), name);
  if (name !== basename(folder) && Date.now() - statSync(path).mtimeMs > KEEP_MS) {
    rmSync(path, { recursive: true, force: true });
  }
}
