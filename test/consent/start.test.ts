import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { redirectUriAt } from '../../src/admin/consent.ts';
import { type Program, run } from '../e2e/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-consent-'));
const programs: Program[] = [];
const start = (args: readonly string[], env: Record<string, string>) => {
  const program = run(args, { PORT: '0', DATABASE_FILE: join(folder, 'gateway.db'), ...env });
  programs.push(program);
  return program;
};

afterEach(async () => {
  for (const { child, exited } of programs.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** The status of the consent page for this redirect URI: 200, or 400 if it is not allowed. */
async function statusOf(sandbox: string, clientId: string, redirectUri: string): Promise<number> {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
  });
  return (await fetch(`${sandbox}/v2/authorize?${query}`)).status;
}

test('the consent page of npm start redirects to the gateway, by name and by address', async () => {
  const program = start(['scripts/start.mjs'], {});
  const { port } = new URL(await program.printed(/"url":"(http:[^"]+)"/));
  const sandbox = await program.printed(/"twilio":"sandbox (http:[^"]+)"/);
  const clientId = await program.printed(/"organizationApps":\["(OQ\w{32})"/);
  for (const host of ['localhost', '127.0.0.1']) {
    expect(await statusOf(sandbox, clientId, redirectUriAt(`http://${host}:${port}`))).toBe(200);
  }
  expect(await statusOf(sandbox, clientId, redirectUriAt('http://localhost:1'))).toBe(400);
});

test('the consent page redirects to PUBLIC_URL if it is set', async () => {
  const program = start(['scripts/start.mjs'], { PUBLIC_URL: 'https://gateway.example' });
  await program.printed(/"url":"(http:[^"]+)"/);
  const sandbox = await program.printed(/"twilio":"sandbox (http:[^"]+)"/);
  const clientId = await program.printed(/"organizationApps":\["(OQ\w{32})"/);
  expect(await statusOf(sandbox, clientId, 'https://gateway.example/oauth/callback')).toBe(200);
});

test('a separate sandbox prints its organization app, and redirects to SANDBOX_REDIRECT_URI too', async () => {
  const redirectUri = 'https://gateway.example/oauth/callback';
  const program = start(['scripts/cli.mjs', 'sandbox'], {
    SANDBOX_PORT: '0',
    SANDBOX_REDIRECT_URI: redirectUri,
  });
  const sandbox = await program.printed(/listening at (http:[^;\s]+);/);
  const clientId = await program.printed(/sandbox-organization\s+client id +(OQ\w{32})/);
  await program.printed(/client secret +(\S{64})/);
  expect(await program.printed(/redirect URIs +.* (\S+)\n/)).toBe(redirectUri);
  expect(await statusOf(sandbox, clientId, redirectUri)).toBe(200);

  const wrong = start(['scripts/cli.mjs', 'sandbox'], { SANDBOX_PORT: '0', SANDBOX_REDIRECT_URI: 'ftp://x' });
  expect(await wrong.exited).toBe(1);
  expect(wrong.output()).toContain('SANDBOX_REDIRECT_URI must be');
});
