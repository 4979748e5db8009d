/** Writes the documents that are generated from tables in src/: `npm run docs`. A test compares them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DOCUMENTS } from './docs/documents.ts';

const ROOT = new URL('../', import.meta.url);

for (const [path, generate] of Object.entries(DOCUMENTS)) {
  const file = new URL(path, ROOT);
  writeFileSync(file, generate(readFileSync(file, 'utf8')));
}
