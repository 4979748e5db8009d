/**
 * Before `npm start`: builds the console where its tools are installed. They are not with `npm ci --omit=dev`; the
 * gateway then serves the console that is already built, or says how to build one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requireNode } from './require-node.mjs';

requireNode('npm start');

const root = new URL('../', import.meta.url);
const isInstalled = ['vite', 'relay-compiler'].every((name) =>
  existsSync(new URL(`node_modules/${name}`, root)),
);
if (isInstalled && existsSync(new URL('console/build.ts', root))) {
  const build = fileURLToPath(new URL('console/build.ts', root));
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0)
    process.stderr.write('The console could not be built. The gateway starts without a new one.\n');
}
