import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type DocumentNode, parse } from 'graphql';

/** Beside `src` and, in the published package, beside `dist`. */
const FOLDER = new URL('../../operations/', import.meta.url);

/** The trusted documents, by the name of their file, which is also that of the operation. */
export function loadOperations(folder: URL = FOLDER): ReadonlyMap<string, DocumentNode> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return new Map(
    files.map((name) => [basename(name, '.graphql'), parse(readFileSync(new URL(name, folder), 'utf8'))]),
  );
}
