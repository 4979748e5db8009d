import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export const VIEWER = 'query ConsoleViewerQuery {\n  viewer {\n    name\n    role\n  }\n}\n';
export const VIEWER_ID = createHash('sha256').update(VIEWER).digest('hex');

/** Large enough to tell a compressed response from a plain one. */
export const SCRIPT = `export const filler = '${'x'.repeat(5_000)}';`;

/** Makes a small build of a console, with everything that a real one has. It is removed after the test. */
export function makeBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'assets'));
  const page =
    '<!doctype html><title>Console</title><script type="module" src="/assets/main-1a2b.js"></script>';
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'assets', 'main-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'main-1a2b.css'), 'body{}');
  writeFileSync(join(folder, 'documents.json'), JSON.stringify({ [VIEWER_ID]: VIEWER }));
  writeFileSync(
    join(folder, 'preload.json'),
    JSON.stringify({ '/': ['/assets/main-1a2b.js'], '/threads/:id': ['/assets/a.js', '/assets/b.js'] }),
  );
  writeFileSync(join(folder, 'stamp'), 'planted-stamp');
  return folder;
}
