import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Io } from '../../src/commands/command.ts';
import { requestExport } from '../../src/commands/export-request.ts';
import { runCommandLine } from '../../src/commands/run-command.ts';
import { heapHeld } from '../heap.ts';
import { type HttpKitOptions, listening } from '../http/kit.ts';
import { spawnAndWait } from './kit.ts';

vi.setConfig({ testTimeout: 90_000 });

const KEY = 'k'.repeat(40);

/** A gateway over a sandbox whose clock stands still, so that its messages do not change; and a folder for files. */
async function kitOf(messages: number, options: HttpKitOptions = {}) {
  const now = Date.now();
  const clock = () => now;
  const kit = await listening({ sandbox: { messages, epoch: now, clock }, now: clock, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'gateway-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    ...kit,
    file: (name: string) => join(folder, name),
    /** Runs the command in this process. */
    async run(args: readonly string[], env: Record<string, string> = {}, stdin = '') {
      const ran = { code: 0, stdout: '', stderr: '' };
      const io = {
        env: { GATEWAY_URL: kit.url, ...env },
        stdin: (async function* () {
          yield stdin;
        })(),
        stdout: { write: (text: string) => (ran.stdout += text) },
        stderr: { write: (text: string) => (ran.stderr += text) },
      } as unknown as Io;
      ran.code = await runCommandLine(['export', ...args], io);
      return ran;
    },
    /** The rows of the HTTP export, without its last line. */
    async rows(format: string, query = '') {
      const text = await (await fetch(`${kit.url}/export/messages.${format}?${query}`)).text();
      return withoutEnd(text);
    },
  };
}

const withoutEnd = (text: string) =>
  text.slice(0, Math.max(text.lastIndexOf('\n#end,'), text.lastIndexOf('\n{"export":')) + 1);
const summaryIn = (text: string) => {
  const line = text.slice(withoutEnd(text).length);
  return line.startsWith('{')
    ? JSON.parse(line).export
    : JSON.parse(line.slice(6, line.lastIndexOf('"')).replaceAll('""', '"'));
};

describe.each(['csv', 'ndjson'])('an export as .%s', (format) => {
  test('has the rows of the HTTP export, and a summary; only its owner may read it', async () => {
    const { file, run, rows } = await kitOf(1_300);
    const path = file(`all.${format}`);
    const ran = await run([path, '--json']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const text = readFileSync(path, 'utf8');
    expect(withoutEnd(text)).toBe(await rows(format));
    const { count, ...summary } = summaryIn(text);
    expect(summary).toMatchObject({ complete: true, cursor: null, error: null, unavailable: [] });
    expect(JSON.parse(ran.stdout)).toEqual({ file: path, count, ...summary });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('that was killed half-way is continued to the same bytes', async () => {
    const { file, run, url } = await kitOf(3_300);
    const [whole, path] = [file(`whole.${format}`), file(`cut.${format}`)];
    await run([whole]);
    const expected = readFileSync(whole);
    const half = Math.floor(expected.length / 2);
    // With their cursors, rows have more bytes.
    const proxy = await cuttingProxy(url, half, 'stall');
    const child = start([path, '--url', proxy]);
    await expect
      .poll(() => sizeOf(path), { timeout: 60_000, interval: 20 })
      .toBeGreaterThan(expected.length / 5);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(sizeOf(path)).toBeLessThanOrEqual(half);
    expect(expected.subarray(0, sizeOf(path)).equals(readFileSync(path))).toBe(true);
    expect(statSync(`${path}.resume`).mode & 0o777).toBe(0o600);

    const resumed = await run([path, '--resume']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/^Exported [\d,]+ messages, [\d,]+ of them now\.$/m);
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(existsSync(`${path}.resume`)).toBe(false);
  });

  test('is continued from wherever it was cut', async () => {
    const { file, run, rows, sandbox, url } = await kitOf(60);
    for (const body of ['one\ntwo', 'one\r\n"two",\r\n', '#end,"x"\r\n', '{"export":1}\n']) {
      sandbox.addMessage('parent', { body });
    }
    const path = file(`all.${format}`);
    await run([path]);
    const expected = readFileSync(path);
    expect(withoutEnd(expected.toString())).toBe(await rows(format));
    for (let bytes = 0; bytes < expected.length; bytes += 1_499) {
      rmSync(path);
      const proxy = await cuttingProxy(url, bytes, bytes % 2 === 0 ? 'reset' : 'end');
      const cut = await run([path, '--url', proxy]);
      expect(cut, `cut at ${bytes}`).toMatchObject({ code: 1, stderr: expect.stringContaining('--resume') });
      // As after a crash between a row and its checkpoint.
      writeFileSync(path, 'SM0123,AC', { flag: 'a' });
      expect(await run([path, '--resume']), `cut at ${bytes}`).toMatchObject({ code: 0 });
      expect(readFileSync(path, 'utf8'), `cut at ${bytes}`).toBe(expected.toString());
    }
    const again = await run([path, '--resume']);
    expect(again.stdout).toMatch(/^The file has been exported already: \d+ messages\.$/m);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  test('continues by itself behind the limit of one response', async () => {
    const { file, run, rows } = await kitOf(500, { limits: { maxExportRows: 120 } });
    const path = file(`all.${format}`);
    expect((await run([path])).code).toBe(0);
    const text = readFileSync(path, 'utf8');
    expect(withoutEnd(text).startsWith(await rows(format))).toBe(true);
    expect(summaryIn(text)).toMatchObject({ complete: true, error: null });
    expect(summaryIn(text).count).toBeGreaterThan(120);
  });

  test('that the gateway ended early says so, and is continued to the same bytes', async () => {
    const { file, run, sandbox } = await kitOf(2_300);
    const [whole, path] = [file(`whole.${format}`), file(`cut.${format}`)];
    await run([whole]);
    sandbox.set({ pageTokenRefused: { next: 1 } });
    const cut = await run([path]);
    expect(cut.code).toBe(1);
    expect(cut.stderr).toMatch(/The file has 1,000 messages; run the same command with --resume/);
    expect(summaryIn(readFileSync(path, 'utf8'))).toMatchObject({ complete: false, count: 1_000 });
    expect((await run([path, '--resume'])).code).toBe(0);
    expect(readFileSync(path).equals(readFileSync(whole))).toBe(true);
  });
});

describe('the selection', () => {
  test('is that of the filter', async () => {
    const { file, run, rows } = await kitOf(800);
    const since = new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10);
    const options = [
      '--since',
      since,
      '--status',
      'failed',
      '--status',
      'UNDELIVERED',
      '--direction',
      'OUTBOUND_API',
    ];
    const filter = {
      dateCreated: { since: `${since}T00:00:00.000Z` },
      status: ['FAILED', 'UNDELIVERED'],
      direction: ['OUTBOUND_API'],
    };
    const expected = await rows('csv', `filter=${encodeURIComponent(JSON.stringify(filter))}`);
    expect(expected.split('\r\n').length).toBeGreaterThan(5);
    const [one, other] = [file('one.csv'), file('other.csv')];
    expect(await run([one, ...options])).toMatchObject({ code: 0 });
    expect(await run([other, '--filter', JSON.stringify(filter)])).toMatchObject({ code: 0 });
    expect(withoutEnd(readFileSync(one, 'utf8'))).toBe(expected);
    expect(readFileSync(other).equals(readFileSync(one))).toBe(true);
  });

  test('can be several accounts, and says which of them could not be read', async () => {
    const { file, run, sandbox } = await kitOf(100);
    const { parent, active } = sandbox.accounts;
    const all = file('all.ndjson');
    expect((await run([all, '--all-accounts'])).code).toBe(0);
    const text = readFileSync(all, 'utf8');
    expect(text).toContain(parent.sid);
    expect(text).toContain(active.sid);
    sandbox.setPermissions(sandbox.apps[1]?.clientId ?? '', []);
    const ran = await run([file('part.ndjson'), '--account-sid', parent.sid, '--account-sid', active.sid]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(active.sid);
    expect(ran.stderr).not.toContain(parent.sid);
  });
});

describe('the key', () => {
  test.each([
    ['the environment', [], { GATEWAY_KEY: KEY }, ''],
    ['stdin', ['--key-stdin'], {}, `${KEY}\n`],
  ])('is read from %s', async (_, args, env, stdin) => {
    const { file, run } = await kitOf(10, { config: { adminKey: KEY } });
    expect(await run([file('a.csv'), ...args], env, stdin)).toMatchObject({ code: 0, stderr: '' });
  });

  test('is missing or wrong: the error says where it is read, and no file is left', async () => {
    const { file, run } = await kitOf(10, { config: { adminKey: KEY } });
    const missing = await run([file('a.csv')]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('GATEWAY_KEY') });
    const wrong = await run([file('a.csv')], { GATEWAY_KEY: 'wrong-key-of-mine' });
    expect(wrong.code).toBe(1);
    const malformed = await run([file('a.csv')], { GATEWAY_KEY: 'wrong-key of mine' });
    expect(malformed.code).toBe(2);
    expect(wrong.stderr + malformed.stderr).not.toContain('wrong-key');
    expect(existsSync(file('a.csv'))).toBe(false);
  });

  test('is not taken from an argument, nor repeated', async () => {
    const { file, run } = await kitOf(10);
    for (const args of [['--key', KEY], [`--api-key=${KEY}`], ['--url', `http://me:${KEY}@localhost:4000`]]) {
      const { code, stderr } = await run([file('a.csv'), ...args]);
      expect(code).toBe(2);
      expect(stderr).toContain('GATEWAY_KEY');
      expect(stderr).not.toContain(KEY);
    }
  });
});

test.each([
  [['notes.txt'], 2, /must end in \.csv or \.ndjson/],
  [['a.csv', '--filter', '{"to":"+1999'], 2, /--filter takes a JSON object/],
  [['a.csv', '--filter', '{"status":["SENT"]}', '--status', 'FAILED'], 2, /--filter has "status" too/],
  [['a.csv', '--status', 'LOST'], 1, /MessageStatus/],
  [['a.csv', '--since', 'yesterday'], 2, /--since takes a day/],
  [['a.csv', '--resume', '--overwrite'], 2, /either --resume or --overwrite/],
  [['a.csv', '--url', 'http://127.0.0.1:9'], 1, /No gateway responds at http:\/\/127\.0\.0\.1:9/],
  [['a.csv', '--url', 'ftp://x'], 2, /takes the URL of a gateway/],
  [['a.csv', '--credential', 'nobody'], 1, /nobody/],
  [['no-folder/a.csv'], 1, /Its folder does not exist/],
  [['there.csv'], 1, /exists already/],
  [['there.csv', '--resume'], 1, /leaves a file with the ending \.resume beside it/],
  [['lines.csv', '--resume'], 1, /leaves a file with the ending \.resume beside it/],
])('%j is an error in a sentence', async (args, code, says) => {
  const { file, run } = await kitOf(10);
  const kept = { 'there.csv': 'name,age\r\nme,7\r\n', 'lines.csv': 'name,age\nme,7\n' };
  for (const [name, text] of Object.entries(kept)) writeFileSync(file(name), text);
  const ran = await run([file(args[0] ?? ''), ...args.slice(1)]);
  expect(ran.stderr).toMatch(says);
  expect(ran).toMatchObject({ code, stdout: '' });
  expect(ran.stderr).not.toContain('+1999');
  expect(existsSync(file('a.csv'))).toBe(false);
  for (const [name, text] of Object.entries(kept)) expect(readFileSync(file(name), 'utf8')).toBe(text);
});

test('a file is not continued with another filter, and is replaced on request', async () => {
  const { file, run, url } = await kitOf(200);
  const path = file('a.csv');
  await run([path, '--url', await cuttingProxy(url, 60_000, 'end')]);
  const before = readFileSync(path);
  const ran = await run([path, '--resume', '--status', 'FAILED']);
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('another account or filter') });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect((await run([path, '--overwrite', '--status', 'FAILED'])).code).toBe(0);
  expect(readFileSync(path, 'utf8')).not.toContain('DELIVERED,SUCCEEDED');
  expect(existsSync(`${path}.resume`)).toBe(false);
});

test.each([
  ['the file is shorter', (path: string) => truncateSync(path, 100), /shorter/],
  ['the position is damaged', (path: string) => writeFileSync(`${path}.resume`, '{"version":1'), /damaged/],
  ['the position is lost', (path: string) => rmSync(`${path}.resume`), /and there is none/],
])('a file is not continued where %s', async (_, damage, says) => {
  const { file, run, url } = await kitOf(200);
  const path = file('a.csv');
  await run([path, '--url', await cuttingProxy(url, 60_000, 'end')]);
  damage(path);
  const before = readFileSync(path);
  expect(await run([path, '--resume'])).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a response that waits before it is read is not lost when memory is collected', async () => {
  const { url } = await kitOf(2_300);
  const signal = new AbortController().signal;
  const body = await requestExport(new URL(`${url}/export/messages.csv`), {}, signal);
  await heapHeld();
  await heapHeld();
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  expect(bytes).toBeGreaterThan(100_000);
});

test('a redirect is not followed, so that the key reaches no other host', async () => {
  const { file, run } = await kitOf(10);
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const ran = await run([file('a.csv'), '--url', url], { GATEWAY_KEY: KEY });
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('HTTP 302') });
  expect(seen).toHaveLength(1);
});

test("a hostile gateway's text cannot control the terminal", async () => {
  const { file, run } = await kitOf(10);
  const errors = [{ message: 'red \x1b[31m\x07', extensions: { code: 'X\x1b[0m' } }];
  const url = await serve((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
  });
  const { code, stderr } = await run([file('a.csv'), '--url', url]);
  expect([code, stderr.trim()]).toEqual([1, 'red  [31m']);
});

test.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))(
  'a terminal shows how far it is, and how long it will take',
  async () => {
    const { file, url } = await kitOf(2_300);
    const since = new Date(Date.now() - 390 * 86_400_000).toISOString().slice(0, 10);
    const command = [
      process.execPath,
      'scripts/cli.mjs',
      'export',
      file('a.csv'),
      '--url',
      url,
      '--since',
      since,
    ];
    const ran = await spawnAndWait(
      'script',
      ['-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null'],
      { COLUMNS: '200' },
      ({ stdin }) => stdin.end(),
    );
    expect(ran).toEqual({ code: 0, stderr: '', stdout: expect.stringContaining('Exported') });
    expect(ran.stdout).toMatch(/█.* \d+% \| [\d,]+ messages, back to \d{4}-\d\d-\d\d \| \S+ left/);
    expect(ran.stdout).toMatch(/Exported [\d,]+ messages\./);
  },
);

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['scripts/cli.mjs', 'export', ...args], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A proxy that passes on this many bytes of a response, and then nothing more, or ends the connection. */
function cuttingProxy(target: string, bytes: number, then: 'stall' | 'reset' | 'end'): Promise<string> {
  return serve(async (request, response) => {
    const upstream = await fetch(target + request.url);
    response.writeHead(upstream.status, { 'content-type': upstream.headers.get('content-type') ?? '' });
    response.flushHeaders();
    const text = Buffer.from(await upstream.arrayBuffer()).subarray(0, bytes);
    response.write(text, () => {
      if (then === 'reset') response.destroy();
      if (then === 'end') response.end();
    });
  });
}

async function serve(listener: Parameters<typeof createServer>[1] & object): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
