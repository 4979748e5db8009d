import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrustedDocument } from '../admin/trusted-document.ts';
import type { Encoding } from './compress.ts';

/** What `npm run build` makes; at the same place for the sources, a bundle of them, and the published package. */
const FOLDER = fileURLToPath(new URL('../../dist/console/', import.meta.url));

/** One file of the built console. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of its content, in base64url. */
  readonly hash: string;
  /** The same content, compressed by the build. */
  readonly compressed: Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>;
}

/** The built console. */
export interface ConsoleBuild {
  readonly page: ConsoleFile;
  /** What the page loads, by path. A path below {@link CONSOLE_ASSETS} has a hash in it, so what is there never changes. */
  readonly files: ReadonlyMap<string, ConsoleFile>;
  /** The scripts that a screen loads besides those of the page, as a `Link` header; undefined for none. */
  readonly preloads: (path: string) => string | undefined;
  /** The operations of the console. They were checked against the schema when it was built. */
  readonly documents: readonly TrustedDocument[];
}

export const CONSOLE_ASSETS = '/assets/';

/** Other files, such as the manifest of documents, are not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const TWINS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** Whether the console of this package was built. */
export const hasConsole = (): boolean => existsSync(join(FOLDER, 'index.html'));

/**
 * Reads the built console into memory; all of it is about a megabyte.
 *
 * @returns null without a build
 */
export function readConsole(folder: string = FOLDER): ConsoleBuild | null {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return null;
  const files = new Map<string, ConsoleFile>();
  for (const [from, path] of [
    [folder, '/'],
    [join(folder, 'assets'), CONSOLE_ASSETS],
  ] as const) {
    for (const name of namesIn(from)) {
      if (TYPES[extname(name)] && name !== 'index.html') files.set(path + name, readFile(join(from, name)));
    }
  }
  return {
    page: readFile(index),
    files,
    preloads: readPreloads(join(folder, 'preload.json')),
    documents: readDocuments(join(folder, 'documents.json')),
  };
}

/** Reads the scripts of each screen: paths by patterns such as `/threads/:id`. */
function readPreloads(path: string): ConsoleBuild['preloads'] {
  if (!existsSync(path)) return () => undefined;
  const read = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string[]>;
  const screens = Object.entries(read).map(([pattern, scripts]) => ({
    matches: new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`),
    link: scripts.map((script) => `<${script}>; rel=modulepreload`).join(', '),
  }));
  return (path) => screens.find(({ matches }) => matches.test(path))?.link || undefined;
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function readFile(path: string): ConsoleFile {
  const body = readBytes(path);
  const compressed: Partial<Record<Encoding, Uint8Array<ArrayBuffer>>> = {};
  for (const encoding of ['br', 'gzip'] as const) {
    const twin = path + TWINS[encoding];
    if (existsSync(twin)) compressed[encoding] = readBytes(twin);
  }
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { type: TYPES[extname(path)] ?? 'application/octet-stream', body, hash, compressed };
}

const readBytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));

/** Reads the manifest that relay-compiler writes: texts by their SHA-256. */
function readDocuments(path: string): TrustedDocument[] {
  if (!existsSync(path)) return [];
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  return Object.entries(manifest).map(([documentId, text]) => ({
    documentId,
    name: /\b(?:query|mutation)\s+(\w+)/.exec(text)?.[1] ?? '',
    text,
    source: 'CONSOLE',
    apiKeyIds: null,
    dateAdded: null,
  }));
}
