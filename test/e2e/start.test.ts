import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
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
    const url = await program.printed(/GraphQL +(http:\S+)\/graphql/);
    const answer = await query(url, '{ messages(first: 3) { nodes { sid } } }');
    expect(answer.errors).toBeUndefined();
    const sandbox = await program.printed(/simulated Twilio at (http:\S+),/);
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

  test('the printed first query works unchanged', async () => {
    const program = start(['scripts/start.mjs'], { PORT: '0' });
    const url = await program.printed(/GraphQL +(http:\S+)\/graphql/);
    const body = await program.printed(/-d '(.*)'/);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await response.json()).toMatchObject({ data: { messages: { nodes: [{}, {}, {}] } } });
  });

  test('a changed encryption key: warns at start, is not ready, and runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-e2e-'));
    const file = join(folder, 'gateway.db');
    const store = await openSqliteStore(file, { cipher: cipherOf(generateEncryptionKey()) });
    await store.add(newCredential());
    await store.close();

    const env = { PORT: '0', DATABASE_FILE: file, GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey() };
    const program = start(['scripts/start.mjs'], env);
    const url = await program.printed(/GraphQL +(http:\S+)\/graphql/);
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
    await program.printed(/GraphQL +(http:\S+)\/graphql/);
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
    const url = await program.printed(/GraphQL +(http:\S+)\/graphql/);
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
    const url = await first.printed(/GraphQL +(http:\S+)\/graphql/);
    const second = start(['scripts/start.mjs'], { PORT: new URL(url).port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toBe('The port is in use by another program. Set PORT to another one.\n');
  });
});

describe('the command line', () => {
  test('a separate sandbox, and a gateway that uses it as Twilio', async () => {
    const sandbox = start(['src/cli.ts', 'sandbox'], { SANDBOX_PORT: '0', SANDBOX_MESSAGES: '200' });
    const url = await sandbox.printed(/listening at (http:[^;\s]+);/);
    const setting = (name: string) => sandbox.printed(new RegExp(`${name}=(\\S+)`));
    const gateway = start(['src/cli.ts', 'start'], {
      PORT: '0',
      TWILIO_API_URL: url,
      TWILIO_OAUTH_URL: url,
      TWILIO_ACCOUNT_SID: await setting('TWILIO_ACCOUNT_SID'),
      TWILIO_CLIENT_ID: await setting('TWILIO_CLIENT_ID'),
      TWILIO_CLIENT_SECRET: await setting('TWILIO_CLIENT_SECRET'),
    });
    const gatewayUrl = await gateway.printed(/GraphQL +(http:\S+)\/graphql/);
    const answer = await query(gatewayUrl, '{ credentials { nickname account { friendlyName } } }');
    expect(answer).toEqual({
      data: { credentials: [{ nickname: 'default', account: { friendlyName: 'Northwind' } }] },
    });
    expect(gateway.output()).not.toContain(await setting('TWILIO_CLIENT_SECRET'));
    sandbox.child.kill('SIGTERM');
    expect(await sandbox.exited).toBe(0);
  });

  test('an unknown command: usage, exit code 2', async () => {
    const program = start(['src/cli.ts', 'serve']);
    expect(await program.exited).toBe(2);
    expect(program.output()).toContain('There is no command "serve".');
  });
});
