import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { greeting } from '../../src/start.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { createKit, noErrors } from '../kit.ts';
import { cipherOf, newCredential } from '../store/test-engines.ts';
import { type Program, run } from './process.ts';

const programs: Program[] = [];
const start = (args: readonly string[], env: Record<string, string> = {}) => {
  const program = run(args, env);
  programs.push(program);
  return program;
};

afterEach(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL');
});

async function query(url: string, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: { [field: string]: unknown }; errors?: unknown };
}

describe('npm start', () => {
  test('without settings runs on the sandbox, serves requests, drains on SIGTERM and exits 0', async () => {
    const program = start(['scripts/start.mjs'], { PORT: '0' });
    const url = await program.printed(/"url":"(http:[^"]+)"/);
    const answer = await query(url, '{ messages(first: 3) { nodes { sid } } }');
    expect(answer.errors).toBeUndefined();
    const sandbox = await program.printed(/"twilio":"sandbox (http:[^"]+)"/);
    await fetch(`${sandbox}/_sandbox/switches`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"latencyMs": 700}',
    });

    const running = query(url, '{ account { sid } }');
    await new Promise((resolve) => setTimeout(resolve, 200));
    program.child.kill('SIGTERM');
    expect(await running).toMatchObject({ data: { account: { sid: expect.stringMatching(/^AC/) } } });
    expect(await program.exited).toBe(0);
    await expect(query(url, '{ account { sid } }')).rejects.toThrow();
  });

  test('writes JSON lines only, with one on listening, one for each request and one on stopping', async () => {
    const program = start(['scripts/start.mjs'], { PORT: '0' });
    const url = await program.printed(/"url":"(http:[^"]+)"/);
    await query(url, '{ account { sid } }');
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    const lines = program
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const version = expect.stringMatching(/^\d+\.\d+\.\d+/);
    expect(lines.find(({ msg }) => msg === 'listening')).toMatchObject({ version, url });
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ caller: 'local', status: 200 });
    expect(lines.at(-1)).toMatchObject({ msg: 'stopping', version });
  });

  test('the first query of the greeting works unchanged', async () => {
    const kit = createKit();
    const about = {
      metrics: undefined,
      notice: null,
      about: '  Sandbox   …',
      isOpen: true,
      hasConsole: true,
    };
    const text = greeting({ http: DEFAULT_HTTP }, { url: 'http://localhost:4000', ...about });
    expect(text).toContain('Console   http://localhost:4000/\n');
    expect(text).toContain('http://localhost:4000/admin');
    const { query: first } = JSON.parse(/-d '(.*)'/.exec(text)?.[1] ?? '');
    expect(noErrors(await kit.query(first)).data.messages.nodes).toHaveLength(3);
  });

  test('the greeting names nothing that is off, and an address a client can connect to', () => {
    const about = { metrics: undefined, notice: null, about: '', isOpen: false, hasConsole: false };
    const off = greeting(
      { http: { ...DEFAULT_HTTP, graphiql: false } },
      { url: 'http://0.0.0.0:4000', ...about },
    );
    expect(off).not.toContain('GraphiQL');
    expect(off).not.toContain('0.0.0.0');
    expect(off).not.toContain('Admin');
    expect(off).toContain('Console   not built here; run "npm ci && npm run build"');
    expect(off).toContain('http://localhost:4000/graphql');
    expect(off).toContain("-H 'authorization: Bearer tgw_…'");
  });

  test('as npm start ends with npm when that gets SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-e2e-'));
    const npm = spawn('npm', ['start'], {
      env: { ...process.env, PORT: '0', DATABASE_FILE: join(folder, 'gateway.db'), npm_lifecycle_event: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    const url = await new Promise<string>((resolve) => {
      npm.stdout.on('data', (chunk) => {
        output += chunk;
        const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
        if (found) resolve(found);
      });
    });
    npm.kill('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(url).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 5_000 },
      )
      .toBe('down');
    await expect.poll(() => output, { timeout: 5_000 }).toContain('"msg":"stopping"');
    rmSync(folder, { recursive: true });
  });

  test('a changed encryption key: warns at start, is not ready, and runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-e2e-'));
    const file = join(folder, 'gateway.db');
    const store = await openSqliteStore(file, { cipher: cipherOf(generateEncryptionKey()) });
    await store.add(newCredential());
    await store.close();

    const env = { PORT: '0', DATABASE_FILE: file, GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey() };
    const program = start(['scripts/start.mjs'], env);
    const url = await program.printed(/"url":"(http:[^"]+)"/);
    const warning = program
      .output()
      .split('\n')
      .find((line) => line.includes('GATEWAY_ENCRYPTION_KEYS'));
    expect(JSON.parse(warning ?? '')).toMatchObject({ level: 40 });
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect((await query(url, '{ account { sid } }')).errors).toBeUndefined();
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('a misspelled setting: one warning in the log, without its value, and the gateway runs', async () => {
    const program = start(['scripts/start.mjs'], { PORT: '0', MAX_DEPHT: '7654321' });
    await program.printed(
      /"level":40,.*"msg":"MAX_DEPHT is not a setting and has no effect. Did you mean (MAX_DEPTH)\?/,
    );
    await program.printed(/"url":"(http:[^"]+)"/);
    expect(program.output()).not.toContain('7654321');
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
  });

  test('invalid settings: one message with all of them, exit code 1', async () => {
    const program = start(['scripts/start.mjs'], {
      PORT: 'http',
      LOG_LEVEL: 'loud',
      TWILIO_ACCOUNT_SID: 'AC1',
      TWILIO_API_URL: 'http://example.com',
    });
    expect(await program.exited).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'TWILIO_ACCOUNT_SID', 'TWILIO_CLIENT_ID', 'TWILIO_API_URL']) {
      expect(program.output()).toContain(name);
    }
    expect(program.output()).not.toMatch(/\n\s+at /);
  });

  test('the configured limits apply', async () => {
    const program = start(['scripts/start.mjs'], {
      PORT: '0',
      CLIENT_TIMEOUT_MS: '300',
      MAX_HEADER_KB: '2',
      MAX_BODY_KB: '1',
      MAX_QUERY_CALLS: '1',
      INTROSPECTION: 'off',
      ALLOWED_ORIGINS: 'https://desk.example.com',
    });
    const url = await program.printed(/"url":"(http:[^"]+)"/);
    const status = async (init: RequestInit) => (await fetch(`${url}/graphql`, init)).status;
    const json = { 'content-type': 'application/json' };
    expect(await status({ headers: { ...json, 'x-a': 'b'.repeat(3_000) } })).toBe(431);
    expect(await status({ method: 'POST', headers: json, body: ' '.repeat(1_025) })).toBe(413);
    expect(await status({ method: 'OPTIONS', headers: { origin: 'https://desk.example.com' } })).toBe(204);
    const { errors } = await query(url, '{ __type(name: "Query") { name } }');
    expect(errors).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }]);
    expect(await query(url, '{ messages { nodes { account { sid } } } }')).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_COSTLY', limit: 1, actual: 2 } }],
    });
    const silent = connect(Number(new URL(url).port), 'localhost');
    await new Promise((resolve) => silent.once('close', resolve).resume());
  });

  test('a port in use: a sentence, exit code 1', async () => {
    const first = start(['scripts/start.mjs'], { PORT: '0' });
    const url = await first.printed(/"url":"(http:[^"]+)"/);
    const { port } = new URL(url);
    const second = start(['scripts/start.mjs'], { PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toBe(`Port ${port} is in use by another program. Set PORT to another one.\n`);
  });
});

describe('the command line', () => {
  test('a separate sandbox, and a gateway that uses it as Twilio', async () => {
    const sandbox = start(['scripts/cli.mjs', 'sandbox'], { SANDBOX_PORT: '0', SANDBOX_MESSAGES: '200' });
    const url = await sandbox.printed(/listening at (http:[^;\s]+);/);
    const setting = (name: string) => sandbox.printed(new RegExp(`${name}=(\\S+)`));
    const gateway = start(['scripts/cli.mjs', 'start'], {
      PORT: '0',
      TWILIO_API_URL: url,
      TWILIO_OAUTH_URL: url,
      TWILIO_ACCOUNT_SID: await setting('TWILIO_ACCOUNT_SID'),
      TWILIO_CLIENT_ID: await setting('TWILIO_CLIENT_ID'),
      TWILIO_CLIENT_SECRET: await setting('TWILIO_CLIENT_SECRET'),
    });
    const gatewayUrl = await gateway.printed(/"url":"(http:[^"]+)"/);
    const answer = await query(gatewayUrl, '{ credentials { nickname account { friendlyName } } }');
    expect(answer).toEqual({
      data: { credentials: [{ nickname: 'default', account: { friendlyName: 'Northwind' } }] },
    });
    expect(gateway.output()).not.toContain(await setting('TWILIO_CLIENT_SECRET'));
    sandbox.child.kill('SIGTERM');
    expect(await sandbox.exited).toBe(0);
  });

  test('an unknown command: usage, exit code 2', async () => {
    const program = start(['scripts/cli.mjs', 'serve']);
    expect(await program.exited).toBe(2);
    expect(program.output()).toContain('There is no command "serve".');
  });
});
