import type { DocumentCheck, TrustedDocument } from '../admin/trusted-document.ts';
import type { LimitSettings } from '../config/limits.ts';
import type { Logger } from '../log.ts';
import type { GatewayStore } from '../store/store.ts';
import { DocumentFileError, listDocumentFiles } from './document-files.ts';
import { DocumentIndex, PublishedIndex } from './document-index.ts';
import { loadDocumentSet, readDocumentSet, runInSteps } from './document-set.ts';

/** How often the folder is looked at. Notifications of file systems do not exist on network drives and in some containers. */
const POLL_MS = 1_000;

/** Each name is a label of several time series. */
const MAX_LABELS = 300;

export interface DocumentCatalogueOptions {
  /** The gateway's own documents. */
  readonly shipped: readonly TrustedDocument[];
  /** The documents of the console, which have no other ids than their hashes. @default none */
  readonly console?: readonly TrustedDocument[] | undefined;
  /** DOCUMENTS: a folder or a manifest. */
  readonly path?: string | undefined;
  readonly check: DocumentCheck;
  readonly limits?: LimitSettings | undefined;
  readonly store: Pick<GatewayStore, 'listDocuments' | 'onChange'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Every document that callers may run, at this moment. */
export interface DocumentCatalogue {
  /**
   * Finds a document by any of its ids. The gateway's own come first, then those of DOCUMENTS, those published for this
   * key, those published for every caller, and those of the console.
   *
   * @param apiKeyId the caller's API key, if it has one
   */
  find(id: string, apiKeyId: string | undefined): TrustedDocument | undefined;
  /** All documents but the published ones. */
  fixed(): readonly TrustedDocument[];
  /** Names that may be labels of metrics: the gateway's own and those of DOCUMENTS, within a limit. */
  readonly names: ReadonlySet<string>;
  /** Calls the listener after the documents at the path changed. @returns a function that removes it */
  onChange(listener: () => void): () => void;
  close(): void;
}

/**
 * Reads the documents of DOCUMENTS, and watches them and the published ones.
 *
 * @throws {ConfigError} with every problem of DOCUMENTS. Later, a version with problems is logged and the previous one stays.
 */
export function createDocumentCatalogue(options: DocumentCatalogueOptions): DocumentCatalogue {
  const { shipped, console = [], path, store, log } = options;
  const listeners = new Set<() => void>();
  const reserved = new Set(shipped.map(({ name }) => name));

  let version = path === undefined ? '' : versionOf(path);
  let files = path === undefined ? [] : readDocumentSet(path, { ...options, reserved });
  let held: unknown;
  let published = new PublishedIndex([]);
  let fixed = [...shipped, ...console, ...files];
  const names = new Set<string>();
  let index = new DocumentIndex([shipped, files]);
  const consoleIndex = new DocumentIndex([console]);
  rebuild();

  function rebuild(): void {
    fixed = [...shipped, ...console, ...files];
    // A name that was a label stays one: metrics of it exist.
    for (const { name } of fixed) if (names.size < MAX_LABELS) names.add(name);
    index = new DocumentIndex([shipped, files]);
  }

  /** Reads the published documents, which the store has in memory. */
  async function readPublished(): Promise<void> {
    const found = await store.listDocuments().catch(() => undefined);
    if (!found || found === held) return;
    held = found;
    published = new PublishedIndex(found.map((one) => ({ ...one, source: 'PUBLISHED' })));
    for (const listener of listeners) listener();
  }
  void readPublished();
  const stopWatching = store.onChange(() => void readPublished());

  let isReading = false;
  async function poll(from: string): Promise<void> {
    if (isReading) return;
    const found = versionOf(from);
    if (found === version) return;
    version = found;
    isReading = true;
    const { documents, problems } = await runInSteps(loadDocumentSet(from, { ...options, reserved })).finally(
      () => {
        isReading = false;
      },
    );
    if (problems.length > 0) {
      log.warn({ problems: shown(problems) }, 'DOCUMENTS cannot be used; the previous documents stay');
      return;
    }
    files = documents;
    rebuild();
    log.info({ documents: documents.length }, 'DOCUMENTS read again');
    for (const listener of listeners) listener();
  }
  const onError = (err: unknown) =>
    log.warn({ err }, 'DOCUMENTS cannot be read; the previous documents stay');
  const timer =
    path === undefined ? undefined : setInterval(() => poll(path).catch(onError), POLL_MS).unref();

  return {
    find: (id, apiKeyId) => index.find(id) ?? published.find(id, apiKeyId) ?? consoleIndex.find(id),
    fixed: () => fixed,
    names,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      stopWatching();
      listeners.clear();
    },
  };
}

/** A text that differs once any of the files was changed, added, removed or has become unreadable. */
function versionOf(path: string): string {
  try {
    return listDocumentFiles(path)
      .files.map((file) => file.version)
      .join('\n');
  } catch (error) {
    if (error instanceof DocumentFileError) return error.message;
    throw error;
  }
}

/** Lines of the log are read by people. */
const MAX_SHOWN = 50;

export function shown(problems: readonly string[]): readonly string[] {
  if (problems.length <= MAX_SHOWN) return problems;
  return [...problems.slice(0, MAX_SHOWN), `and ${problems.length - MAX_SHOWN} more`];
}
