import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, ROOT, readDocument } from './markdown.ts';

const CHECKOUT = fileURLToPath(ROOT);
const PAGES = ['README.md', 'docs/credentials-and-keys.md', 'docs/limits.md'];
const clone = mkdtempSync(join(tmpdir(), 'clone-'));
const running: ChildProcess[] = [];
let port = 0;
let sandboxPort = 0;

/** The environment of a user's shell: the system's own Node. Settings are in `.env`. */
const env = () => ({
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules') && !folder.includes('node-gyp'))
    .join(delimiter),
  HOME: process.env.HOME,
  SANDBOX_PORT: String(sandboxPort),
});

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(port));
  });
  return promise;
}

/** Runs a documented command in the clone, with the ports of this test. */
function shell(command: string) {
  const line = command
    .replaceAll('localhost:4000', `localhost:${port}`)
    .replaceAll('localhost:4010', `localhost:${sandboxPort}`);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd: clone,
    env: env(),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Starts an npm script in a process group of its own, and waits until a URL responds. */
async function start(script: string, url: string) {
  const child = spawn('npm', ['run', script], { cwd: clone, env: env(), detached: true, stdio: 'ignore' });
  running.push(child);
  const deadline = Date.now() + 60_000;
  while (!(await fetch(url).catch(() => undefined))) {
    if (Date.now() > deadline) throw new Error(`npm run ${script} does not respond at ${url}.`);
    await setTimeout(100);
  }
}

// A copy of what is committed or about to be, which a clone would have. Only `npm ci` is left out.
beforeAll(async () => {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: CHECKOUT,
    encoding: 'utf8',
  });
  for (const file of list.trim().split('\n')) {
    cpSync(join(CHECKOUT, file), join(clone, file), { force: true, recursive: false, errorOnExist: false });
  }
  symlinkSync(join(CHECKOUT, 'node_modules'), join(clone, 'node_modules'));
  [port, sandboxPort] = [await freePort(), await freePort()];
  writeFileSync(join(clone, '.env'), `PORT=${port}\n`);
  await start('start', `http://localhost:${port}/health`);
}, 90_000);

afterAll(async () => {
  for (const child of running) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
    await exited;
  }
  rmSync(clone, { recursive: true, force: true });
}, 30_000);

const sections = PAGES.map((page) => ({ page, blocks: blocksOf(readDocument(page)) }));
const curls = sections.flatMap(({ page, blocks }) =>
  blocks.flatMap(({ lang, text, line }, index) =>
    lang === 'sh' && text.startsWith('curl ')
      ? [{ page, line, text, response: JSON.parse(blocks[index + 1]?.text ?? '{}') }]
      : [],
  ),
);

describe('on a clean clone, with the Node of the system', () => {
  test.each(curls)('$page, line $line: the command prints the response', ({ text, response }) => {
    const { status, stdout } = shell(text);
    expect({ status, response: JSON.parse(stdout) }).toEqual({ status: 0, response });
  });

  test('docs/observability.md: a pipe gets JSON lines only from npm start -s', async () => {
    const child = spawn('npm', ['start', '-s'], {
      cwd: clone,
      env: { ...env(), PORT: '0', DATABASE_FILE: join(clone, 'piped', 'gateway.db') },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.push(child);
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
    });
    await expect.poll(() => printed, { timeout: 30_000 }).toContain('"msg":"listening"');
    for (const line of printed.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  }, 60_000);

  test('docs/sandbox.md: the commands switch faults on and off', async () => {
    await start('sandbox', `http://localhost:${sandboxPort}/`);
    const commands = blocksOf(readDocument('docs/sandbox.md'))
      .filter(({ lang }) => lang === 'sh')
      .flatMap(({ text }) => text.trim().split('\n'))
      .filter((command) => command.startsWith('curl'));
    expect(commands).toHaveLength(3);
    for (const command of commands)
      expect(shell(`${command} --fail --silent --show-error`)).toMatchObject({ status: 0, stderr: '' });
  }, 60_000);

  // The last, because it closes the gateway.
  test('docs/credentials-and-keys.md: the command line makes keys, and the first ADMIN key closes the gateway', async () => {
    const list = shell('npm run -s cli -- credential list');
    expect(list).toMatchObject({ status: 0, stderr: expect.stringMatching(/^Database: .+sandbox\.db\.\n$/) });
    expect(list.stdout).toContain('sandbox-subaccount');
    const reader = shell(
      'npm run -s cli -- api-key create --name Grafana --credential sandbox --expires 365d',
    );
    expect(reader.status).toBe(0);
    const make = 'npm run -s cli -- api-key create --admin --name ops';
    expect(shell(make)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--yes') });
    expect(shell(`${make} --yes`).status).toBe(0);
    expect(shell('npm run -s cli -- api-key list --json').stdout).toContain('"Grafana"');

    const [first] = curls;
    const code = () => JSON.parse(shell(first?.text ?? '').stdout).errors?.[0].extensions.code;
    await expect.poll(code, { timeout: 5_000, interval: 200 }).toBe('UNAUTHENTICATED');
    const [token] = /tgw_[\w-]+/.exec(reader.stdout) ?? [];
    const withKey = shell(first?.text.replace('curl ', `curl -H 'Authorization: Bearer ${token}' `) ?? '');
    expect(JSON.parse(withKey.stdout)).toEqual(first?.response);
  }, 60_000);
});
