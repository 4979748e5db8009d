import { createHash } from 'node:crypto';
import type { DocumentCheck, TrustedDocument } from '../admin/trusted-document.ts';
import { ConfigError } from '../config/config.ts';
import { DEFAULT_LIMITS, type LimitSettings } from '../config/limits.ts';
import {
  DocumentFileError,
  listDocumentFiles,
  readDocumentFiles,
  type SourceDocument,
} from './document-files.ts';
import { readFolder } from './document-folder.ts';
import { readManifest } from './document-manifest.ts';

export interface DocumentSet {
  readonly documents: readonly TrustedDocument[];
  /** Whether a manifest gives the documents ids. Those of a folder have only their names. */
  readonly hasIds: boolean;
  /** One sentence each, with file and line. */
  readonly problems: readonly string[];
}

const MAX_DOCUMENTS = 2_000;

export interface DocumentSetOptions {
  readonly check: DocumentCheck;
  /** Names of the gateway's own documents, which a folder may not use. */
  readonly reserved: ReadonlySet<string>;
  readonly limits?: LimitSettings | undefined;
}

/**
 * Reads and checks the documents at a path: a folder of .graphql files, or a manifest. Never throws: every problem is in
 * the result. Pauses after each file and each document, so that a running gateway can serve requests in between.
 */
export function* loadDocumentSet(
  path: string,
  { check, reserved, limits = DEFAULT_LIMITS }: DocumentSetOptions,
): Generator<undefined, DocumentSet> {
  const problems: string[] = [];
  const documents: TrustedDocument[] = [];
  let hasIds = true;
  const places = new Map<string, string>();
  try {
    const { isFolder, files } = listDocumentFiles(path);
    hasIds = !isFolder;
    const read = readDocumentFiles(files, isFolder);
    const found = isFolder ? readFolder(read, limits, problems) : readManifestOf(read, problems);
    for (const source of found) {
      yield;
      if (!source) continue;
      const { id, text, place } = source;
      const { name, problems: own } = check(text);
      problems.push(...own.map(({ line, message }) => `${place(line)}: ${message}`));
      if (documents.length === MAX_DOCUMENTS) {
        throw new DocumentFileError(`${path} has more than ${MAX_DOCUMENTS} documents.`);
      }
      documents.push({
        documentId: id ?? name,
        name,
        text,
        source: 'DOCUMENTS',
        apiKeyIds: null,
        dateAdded: null,
      });
      if (!isFolder || name === '') continue;
      // A document of a folder has no other id than its name.
      const first = places.get(name);
      if (first)
        problems.push(`${place(1)}: The operation "${name}" is also at ${first}. Rename one of them.`);
      else if (reserved.has(name)) {
        problems.push(`${place(1)}: The gateway has a document "${name}" of its own. Rename the operation.`);
      }
      places.set(name, first ?? place(1));
    }
    // Syntax errors are found first, in all files.
    if (isFolder) problems.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    if (documents.length === 0 && problems.length === 0) {
      problems.push(`${path} has no documents. It must be a folder with .graphql files, or a manifest.`);
    }
  } catch (error) {
    if (!(error instanceof DocumentFileError)) throw error;
    problems.push(error.message);
  }
  return { documents: problems.length > 0 ? [] : documents, hasIds, problems };
}

function* readManifestOf(
  files: ReturnType<typeof readDocumentFiles>,
  problems: string[],
): Generator<SourceDocument> {
  for (const file of files) yield* readManifest(file, problems);
}

/**
 * Reads documents without pausing.
 *
 * @throws {ConfigError} with every problem
 */
export function readDocumentSet(path: string, options: DocumentSetOptions): readonly TrustedDocument[] {
  const { documents, problems } = runAtOnce(loadDocumentSet(path, options));
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `DOCUMENTS: ${problem}`));
  return documents;
}

/** Runs the pauses of a load without pausing. */
export function runAtOnce<T>(steps: Generator<undefined, T>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** Lets other work run at each pause of a load. */
export async function runInSteps<T>(steps: Generator<undefined, T>): Promise<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
