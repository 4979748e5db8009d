import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as openRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { startCollector } from '../telemetry/collector.ts';
import { type Program, run } from './process.ts';

const programs: Program[] = [];

afterEach(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL');
});

function start(env: Record<string, string> = {}, nodeArguments: string[] = []) {
  const program = run([...nodeArguments, 'scripts/start.mjs'], {
    PORT: '0',
    SANDBOX_MESSAGES: '200',
    ...env,
  });
  programs.push(program);
  return program;
}

const urlOf = (program: Program) => program.printed(/"url":"(http:[^"]+)"/);

async function account(url: string): Promise<unknown> {
  const body = JSON.stringify({ query: '{ account { sid } }' });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
}

const answered = { data: { account: { sid: expect.stringMatching(/^AC/) } } };

/** Starts a slow request, which has arrived at Twilio. */
async function beginSlowRequest(program: Program, latencyMs: number) {
  const url = await urlOf(program);
  const sandbox = await program.printed(/"twilio":"sandbox (http:[^"]+)"/);
  await fetch(`${sandbox}/_sandbox/switches`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs }),
  });
  const answer = account(url).catch(() => 'cut off');
  await sleep(500);
  return { url, answer };
}

describe('stopping', () => {
  test('rejects new connections, completes running requests, fails /ready, and exits 0', async () => {
    const program = start({ METRICS_PORT: '0' });
    const { url, answer } = await beginSlowRequest(program, 1_500);
    const monitor = await program.printed(/"metrics":"(http:[^"]+)\/metrics"/);
    program.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${monitor}/ready`)).status).toBe(503);
    await expect(account(url)).rejects.toThrow();
    expect(await answer).toMatchObject(answered);
    expect(await program.exited).toBe(0);
  });

  test('completes a request on a kept-alive connection, and closes it', async () => {
    const program = start();
    const { url } = await beginSlowRequest(program, 1_500);
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const connection = new Promise((resolve, reject) => {
      const query = encodeURIComponent('{ accounts { nodes { sid } } }');
      const request = openRequest(`${url}/graphql?query=${query}`, { agent }, (response) => {
        response.resume().once('end', () => resolve([response.statusCode, response.headers.connection]));
      });
      request.once('error', reject).end();
    });
    await sleep(300);
    program.child.kill('SIGTERM');
    expect(await connection).toEqual([200, 'close']);
    expect(await program.exited).toBe(0);
  });

  test('aborts requests that exceed the shutdown timeout, and exits 0', async () => {
    const program = start({
      SHUTDOWN_TIMEOUT_MS: '300',
      REQUEST_TIMEOUT_MS: '60000',
      UPSTREAM_TIMEOUT_MS: '60000',
    });
    const { answer } = await beginSlowRequest(program, 50_000);
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(await answer).toBe('cut off');
  });

  test('is not delayed by a client that sends nothing', async () => {
    const program = start({ SHUTDOWN_TIMEOUT_MS: '500' });
    const slow = openRequest(`${await urlOf(program)}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '100' },
    });
    slow.on('error', () => {});
    slow.write('{');
    await sleep(200);
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
  });

  test.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('%s and then %s: it ends at once, with 1', async (first, second) => {
    const program = start({
      SHUTDOWN_TIMEOUT_MS: '60000',
      REQUEST_TIMEOUT_MS: '60000',
      UPSTREAM_TIMEOUT_MS: '60000',
    });
    const { answer } = await beginSlowRequest(program, 50_000);
    program.child.kill(first);
    await sleep(300);
    expect(program.child.exitCode).toBeNull();
    program.child.kill(second);
    expect(await program.exited).toBe(1);
    expect(await answer).toBe('cut off');
  });

  test('during the start exits 0', async () => {
    // The database accepts connections and sends nothing, so the start does not complete.
    const { createServer } = await import('node:net');
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const program = start({ DATABASE_URL: `postgres://x:x@127.0.0.1:${port}/x` });
    await connected;
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
  });

  test('sends the remaining spans before the exit', async () => {
    const collector = await startCollector();
    const program = start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    expect(await account(await urlOf(program))).toMatchObject(answered);
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(collector.spans.map(({ name }) => name)).toContain('Query.account');
  });
});

describe('an uncaught exception', () => {
  test.each([
    ['a rejected promise', 'Promise.reject(new Error("left alone: +14155550123"))'],
    ['a thrown error', '(() => { throw new Error("left alone: +14155550123") })()'],
  ])('%s: one redacted line in the log, and exit code 1', async (_what, fault) => {
    const code = `process.on('SIGUSR2', () => { setTimeout(() => { ${fault} }, 0) })`;
    const program = start({}, ['--import', `data:text/javascript,${encodeURIComponent(code)}`]);
    expect(await account(await urlOf(program))).toMatchObject(answered);
    program.child.kill('SIGUSR2');
    expect(await program.exited).toBe(1);
    const last = program.output().trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ level: 60, err: { message: 'left alone: [phone]' } });
  });
});

describe('a gateway killed at any moment', () => {
  test('starts again from the state on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-killed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { DATABASE_FILE: join(folder, 'gateway.db') };
    // From before anything was written until it serves requests.
    for (const milliseconds of [150, 300, 450, 600, 750, 900]) {
      const program = start(env);
      await sleep(milliseconds);
      program.child.kill('SIGKILL');
      await program.exited;
    }
    const program = start(env);
    expect(await account(await urlOf(program))).toMatchObject(answered);
    // No partial file remains, except those that the next start can use.
    expect(
      readdirSync(folder).filter((name) => !/^gateway\.db(?:-wal|-shm|\.key)?$/.test(name)).length,
    ).toBeLessThan(7);
  });

  test('while the sandbox created its key: an empty file of an older version is replaced', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-killed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'gateway.db.key'), '');
    const program = start({ DATABASE_FILE: join(folder, 'gateway.db') });
    expect(await account(await urlOf(program))).toMatchObject(answered);
  });
});

describe('the port for metrics and health', () => {
  test("serves its three paths without a key, and the gateway's own port then has no metrics", async () => {
    const program = start({ METRICS_PORT: '0' });
    const url = await urlOf(program);
    const monitor = await program.printed(/"metrics":"(http:[^"]+)\/metrics"/);
    await account(url);
    const metrics = await fetch(`${monitor}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toMatch(/^twilio_gateway_requests_total\{.*outcome="ok"[^}]*\} 1$/m);
    expect((await fetch(`${monitor}/health`)).status).toBe(200);
    expect(await (await fetch(`${monitor}/ready`)).json()).toMatchObject({
      components: { token: { state: 'up' } },
    });
    expect((await fetch(`${monitor}/graphql?query={viewer{name}}`)).status).toBe(404);
    expect((await fetch(`${monitor}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  test('in use: a sentence that names it, exit code 1', async () => {
    const first = start({ METRICS_PORT: '0' });
    const { port } = new URL(await first.printed(/"metrics":"(http:[^"]+)\/metrics"/));
    const second = start({ METRICS_PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain('METRICS_PORT');
  });
});
