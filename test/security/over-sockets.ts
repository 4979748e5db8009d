import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createGateway } from '../../src/app.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { createLogger } from '../../src/log.ts';
import { openStore } from '../../src/open-store.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import { DEFAULTS, type GraphQLResult } from '../kit.ts';

/** Changes a response of Twilio before it is sent. */
export type Twist = (
  answer: { status: number; headers: Record<string, string>; body: string },
  path: string,
) => typeof answer;

/**
 * A gateway called in-process over a sandbox with two ports, one for the API and one for OAuth: the traffic between
 * them uses real sockets, and nothing else does.
 */
export async function overSockets() {
  const sandbox = createSandbox({ messages: 60 });
  let twist: Twist = (answer) => answer;
  const api = await serve(sandbox, (answer, path) => twist(answer, path));
  const oauth = await serve(sandbox, (answer, path) => twist(answer, path));

  const folder = mkdtempSync(join(tmpdir(), 'gateway-ssrf-'));
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const file = await openStore({ file: join(folder, 'gateway.db'), cipher });
  const stored = await createCachedStore(file, { cipher });
  const store = withSettings(stored, [...sandbox.apps]);
  const lines: string[] = [];
  const gateway = createGateway({
    config: { ...DEFAULTS, encryptionKeys },
    urls: { apiUrl: new URL(api), oauthUrl: new URL(oauth) },
    store,
    console: null,
    log: createLogger('debug', (line) => lines.push(line)),
  });
  onTestFinished(async () => {
    await gateway.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });

  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  return {
    sandbox,
    api,
    oauth,
    gateway,
    post,
    query: async (query: string, variables: object = {}) =>
      JSON.parse((await post({ query, variables })).text) as GraphQLResult,
    /** Applies from now on. */
    twist(by: Twist) {
      twist = by;
    },
  };
}

async function serve(sandbox: Sandbox, twist: Twist): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
    );
    const { method = 'GET', url = '/' } = request;
    const {
      status,
      headers: answered,
      body,
    } = twist(await sandbox.handle({ method, url, headers, body: Buffer.concat(chunks).toString() }), url);
    response.writeHead(status, answered).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
