/** `npm start`: runs the gateway from the bundle of its sources. */
import { existsSync } from 'node:fs';
import { importBundled } from './bundled.mjs';
import { requireNode } from './require-node.mjs';

requireNode('npm start');

// Not by --env-file-if-exists, which prints a line where there is none.
if (existsSync('.env')) process.loadEnvFile('.env');
// npm passes a signal to its shell, which ends without passing it on.
if (process.env.npm_lifecycle_event === 'start') {
  const { ppid } = process;
  setInterval(() => process.ppid === ppid || process.kill(process.pid, 'SIGTERM'), 250).unref();
}

const { main } = await importBundled('main');
await main();
