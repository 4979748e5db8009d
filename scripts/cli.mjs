/** `npm run cli -- COMMAND`: the command line with the settings of `.env`, like `npm start`. */
import { existsSync } from 'node:fs';
import { importBundled } from './bundled.mjs';
import { requireNode } from './require-node.mjs';

requireNode('npm run cli -- COMMAND');
if (existsSync('.env')) process.loadEnvFile('.env');
await importBundled('cli');
