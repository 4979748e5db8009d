import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** Far more than the documents of one frontend; a folder that has more is another folder, e.g. the whole project. */
const MAX_FILES = 2_000;
const MAX_ENTRIES = 20_000;
const MAX_LEVELS = 16;
const MAX_FILE_BYTES = 256 * 1024;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;

/** A file as it was read. */
export interface ReadFile {
  /** Relative to the folder. */
  readonly name: string;
  readonly text: string;
}

/** A document as it stands in a file. */
export interface SourceDocument {
  /** The id of a manifest. */
  readonly id: string | undefined;
  readonly text: string;
  /** Says where a line of the text is. */
  place(line: number): string;
}

export interface FolderFile {
  readonly name: string;
  readonly path: string;
  /** Differs once the file was written or replaced. */
  readonly version: string;
}

/** Why the folder or the manifest cannot be used: a sentence that begins with the file's name. */
export class DocumentFileError extends Error {
  override readonly name = 'DocumentFileError';
}

/**
 * Lists the files of a manifest or a folder, with the folders in it. Names that begin with a dot are skipped. A link counts
 * if it leads to a file inside the folder, as in the volumes of Kubernetes; links to folders are not followed, so
 * a loop cannot occur.
 *
 * @throws {DocumentFileError}
 */
export function listDocumentFiles(path: string): { isFolder: boolean; files: FolderFile[] } {
  const root = attempt(path, () => realpathSync(path));
  const stat = attempt(path, () => statSync(root));
  if (stat.isFile()) return { isFolder: false, files: [fileAt(path, root)] };
  if (!stat.isDirectory()) throw new DocumentFileError(`${path} is neither a folder nor a file.`);
  const files: FolderFile[] = [];
  let entries = 0;

  function walk(folder: string, level: number): void {
    if (level > MAX_LEVELS)
      throw new DocumentFileError(`${path} has folders more than ${MAX_LEVELS} levels deep.`);
    for (const entry of attempt(folder, () => readdirSync(folder, { withFileTypes: true }))) {
      entries += 1;
      if (entries > MAX_ENTRIES) throw new DocumentFileError(`${path} has more than ${MAX_ENTRIES} entries.`);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const full = join(folder, entry.name);
      if (entry.isDirectory()) walk(full, level + 1);
      else if (/^\.(?:graphql|gql)$/.test(extname(entry.name))) add(full, entry.isSymbolicLink());
    }
  }

  function add(full: string, isLink: boolean): void {
    const name = relative(root, full);
    const target = isLink ? attempt(name, () => realpathSync(full)) : full;
    if (!target.startsWith(root + sep)) {
      throw new DocumentFileError(`${name} is a link to a file outside the folder. Copy the file into it.`);
    }
    if (!attempt(name, () => statSync(target)).isFile())
      throw new DocumentFileError(`${name} is not a file.`);
    files.push(fileAt(name, target));
    if (files.length > MAX_FILES)
      throw new DocumentFileError(`${path} has more than ${MAX_FILES} documents.`);
  }

  walk(root, 1);
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { isFolder: true, files };
}

function fileAt(name: string, path: string): FolderFile {
  const { ino, size, ctimeMs, mtimeMs } = attempt(name, () => statSync(path));
  return { name, path, version: [path, ino, size, ctimeMs, mtimeMs].join(':') };
}

/**
 * Reads the files one by one.
 *
 * @throws {DocumentFileError} for files that are too large or are not UTF-8
 */
export function* readDocumentFiles(files: readonly FolderFile[], isFolder: boolean): Generator<ReadFile> {
  let total = 0;
  for (const { name, path } of files) {
    const text = readText(name, path, isFolder ? MAX_FILE_BYTES : MAX_TOTAL_BYTES);
    total += text.length;
    if (total > MAX_TOTAL_BYTES) {
      throw new DocumentFileError(`The documents have more than ${MAX_TOTAL_BYTES / 1024 / 1024} MiB.`);
    }
    yield { name, text };
  }
}

function readText(name: string, path: string, maxBytes: number): string {
  const bytes = attempt(name, () => {
    // Without waiting for the writer of a pipe that took the file's place.
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(handle);
      if (!stat.isFile()) throw new DocumentFileError(`${name} is not a file.`);
      if (stat.size > maxBytes) {
        throw new DocumentFileError(`${name} has ${stat.size} bytes; ${maxBytes} are allowed.`);
      }
      return readFileSync(handle);
    } finally {
      closeSync(handle);
    }
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentFileError(`${name} is not UTF-8 text.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a link that leads to itself',
  ENOTDIR: 'does not exist',
};

function attempt<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DocumentFileError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new DocumentFileError(`${name} ${REASONS[code] ?? `cannot be read (${code})`}.`, { cause: error });
  }
}
