import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/** The system's own Node, if it is older than the gateway needs. */
function findOldNode(): { path: string; version: string } | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
  for (const folder of [...folders, '/usr/bin', '/usr/local/bin']) {
    const path = join(folder, 'node');
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim();
    if (version && Number.parseInt(version.slice(1), 10) < 24) return { path, version };
  }
  return undefined;
}

const old = findOldNode();
const folder = mkdtempSync(join(tmpdir(), 'old-node-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(old?.path ?? 'node', args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The entry point of the package, as the build makes it. */
function builtCommandLine(): string {
  const file = join(folder, 'cli.mjs');
  writeFileSync(file, stripTypeScriptTypes(readFileSync('src/cli.ts', 'utf8')));
  return file;
}

describe.skipIf(!old)(`on ${old?.version ?? 'an older Node'}`, () => {
  test.each([
    ['scripts/start.mjs', 'npm start'],
    ['scripts/cli.mjs', 'npm run cli -- COMMAND'],
  ])('%s ends with one sentence', (script, command) => {
    expect(run(script, 'help')).toEqual({
      status: 1,
      stdout: '',
      stderr: `This needs Node.js 24, but runs on ${old?.version}. Use "${command}", which brings its own Node.js.\n`,
    });
  });

  test('without development dependencies it says what to install', () => {
    cpSync('scripts', join(folder, 'scripts'), { recursive: true });
    for (const script of ['prestart.mjs', 'start.mjs']) {
      expect(run(join(folder, 'scripts', script))).toEqual({
        status: 1,
        stdout: '',
        stderr: `This needs Node.js 24, but runs on ${old?.version}. Install Node.js 24, or run "npm ci" without --omit=dev, which brings it.\n`,
      });
    }
  });

  test('so does the command of the package', () => {
    const { status, stdout, stderr } = run(builtCommandLine(), 'help');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^This needs Node.js 24, but runs on ${old?.version}\\. [^\\n]+\\n$`));
  });
});
