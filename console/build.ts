/**
 * Builds the console into `dist/console`: `node console/build.ts`. Does nothing when no input has changed since the
 * last build. Writes `index.html`, `assets/` with a `.br` and a `.gz` of each file, `documents.json` (the text of each
 * GraphQL document by its SHA-256), `preload.json` (the scripts of each screen by its path) and `stamp` (the hash of the inputs).
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const CONSOLE = import.meta.dirname;
const ROOT = join(CONSOLE, '..');
const OUTPUT = join(ROOT, 'dist', 'console');
const GENERATED = join(CONSOLE, '__generated__');
const DOCUMENTS = join(GENERATED, 'documents.json');
const require = createRequire(import.meta.url);

const stamp = hashOfInputs();
if (!isCurrent()) await build();

function isCurrent(): boolean {
  const file = join(OUTPUT, 'stamp');
  return existsSync(DOCUMENTS) && existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

async function build(): Promise<void> {
  // On stderr: programs read the log of `npm start` on stdout.
  process.stderr.write('Building the console, once for these sources. This takes some seconds.\n');
  // Not as vitest has it: React and Relay would be those for development, which are half as large again.
  process.env.NODE_ENV = 'production';
  compileDocuments();
  // Moved into place whole: a gateway may be starting.
  const unfinished = join(ROOT, 'dist', `.console-${randomUUID()}`);
  try {
    const vite = await import('vite');
    const built = await vite.build({
      configFile: join(CONSOLE, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: unfinished },
    });
    await compress(join(unfinished, 'assets'));
    const preloads = await preloadsOf(chunksOf(built));
    writeFileSync(join(unfinished, 'preload.json'), JSON.stringify(preloads));
    copyFileSync(DOCUMENTS, join(unfinished, 'documents.json'));
    writeFileSync(join(unfinished, 'stamp'), stamp);
    rmSync(OUTPUT, { recursive: true, force: true });
    renameSync(unfinished, OUTPUT);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Hashes everything the build reads. The lock stands for the packages. */
function hashOfInputs(): string {
  const hash = createHash('sha256');
  const own = globSync('console/**', {
    cwd: ROOT,
    exclude: ['console/node_modules', 'console/__generated__'],
  });
  const files = own.filter((path) => statSync(join(ROOT, path)).isFile()).sort();
  for (const path of [...files, 'schema.graphql', 'package-lock.json', 'tsconfig.json']) {
    hash.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
}

/** Runs relay-compiler, which wants the file of documents to exist, and only ever adds to it. */
function compileDocuments(): void {
  rmSync(GENERATED, { recursive: true, force: true });
  mkdirSync(GENERATED, { recursive: true });
  writeFileSync(DOCUMENTS, '{}');
  const compiler = join(require.resolve('relay-compiler'), '..', 'cli.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '--repersist', 'relay.config.json'],
    {
      cwd: CONSOLE,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`relay-compiler failed:\n${stdout}${stderr}`);
}

/** A file of the build: the source it begins with, and the files that it imports at once. */
interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly facadeModuleId: string | null;
  readonly imports: readonly string[];
}

function chunksOf(built: unknown): readonly Chunk[] {
  const { output } = built as { readonly output: readonly (Chunk & { readonly type: string })[] };
  return output.filter(({ type }) => type === 'chunk');
}

/** The scripts of each screen, besides those of the page: the browser can load them with it, by the path of the screen. */
async function preloadsOf(chunks: readonly Chunk[]): Promise<Record<string, string[]>> {
  const withImports = (names: readonly string[], seen = new Set<string>()): ReadonlySet<string> => {
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      withImports(chunks.find(({ fileName }) => fileName === name)?.imports ?? [], seen);
    }
    return seen;
  };
  const initial = withImports(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  const { ROUTES } = (await import(join(CONSOLE, 'src', 'routes.ts'))) as {
    ROUTES: readonly { readonly path: string; readonly load: () => unknown }[];
  };
  return Object.fromEntries(
    ROUTES.map(({ path, load }) => {
      const [, source = ''] = /import\(['"]\.\/(.+?)['"]\)/.exec(load.toString()) ?? [];
      const own = chunks.filter(({ facadeModuleId }) => facadeModuleId === join(CONSOLE, 'src', source));
      if (own.length === 0) throw new Error(`The screen ${path} has no chunk.`);
      const all = withImports(own.map(({ fileName }) => fileName));
      return [path, [...all].filter((name) => !initial.has(name)).map((name) => `/${name}`)];
    }),
  );
}

async function compress(folder: string): Promise<void> {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const write = async (name: string) => {
    const content = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.br`), await promisify(brotliCompress)(content, brotli));
    writeFileSync(join(folder, `${name}.gz`), await promisify(gzip)(content, { level: 9 }));
  };
  await Promise.all(readdirSync(folder).map(write));
}
