import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect } from 'vitest';
import { createGateway, type GatewayOptions } from '../../src/app.ts';
import { listen } from '../../src/http/listen.ts';
import { createLogger } from '../../src/log.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { DEFAULTS, type GraphQLResult } from '../kit.ts';

export interface WireOptions {
  sandbox?: SandboxOptions;
  config?: Partial<GatewayOptions['config']>;
  urls?: Partial<GatewayOptions['urls']>;
}

/** A response and its duration. */
export interface Timed extends GraphQLResult {
  extensions?: { stale?: { age: number; reads: readonly object[] } };
  headers: Headers;
  ms: number;
}

/** Settings for tests: an outage is detected and forgotten quickly. */
export const FAULTS = {
  circuit: { failures: 3, openMs: 200, overMs: 0 },
  stale: { maxMs: 60_000, maxBytes: 2 ** 20 },
};

/** In the past, and the same for all: no message changes while a test runs, and all sandboxes have the same data. */
const EPOCH = Date.now() - 7 * 86_400_000;

const open: (() => Promise<unknown>)[] = [];
// After all tests, because they run concurrently; the sandbox first, so that nothing waits for it.
afterAll(async () => {
  for (const close of open.splice(0)) await close();
});

/** A gateway and a sandbox, each on its own port, connected by real sockets. */
export async function wire({ sandbox: options, config, urls }: WireOptions = {}) {
  const sandbox = createSandbox({ messages: 100, epoch: EPOCH, ...options });
  const upstream = await sandbox.listen();
  open.push(upstream.close);
  const lines: string[] = [];
  const at = new URL(upstream.url);
  const gateway = createGateway({
    config: { ...DEFAULTS, upstreamTimeoutMs: 3_000, resilience: FAULTS, ...config },
    urls: { apiUrl: at, oauthUrl: at, ...urls },
    store: createFixedStore([...sandbox.apps]),
    log: createLogger('debug', (line) => lines.push(line)),
  });
  open.push(async () => {
    await gateway.close();
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
  const listening = await listen(gateway, '127.0.0.1', 0);
  open.push(() => listening.close(100));

  return {
    sandbox,
    upstream,
    url: listening.url,
    lines,
    async query(query: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Timed> {
      const begun = performance.now();
      const response = await fetch(`${listening.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
        ...(signal ? { signal } : {}),
      });
      const answer = (await response.json()) as GraphQLResult;
      return { ...answer, headers: response.headers, ms: performance.now() - begun };
    },
    apiCalls: () => sandbox.calls.filter(({ path }) => path.startsWith('/2010-04-01/')),
    tokenCalls: () => sandbox.calls.filter(({ path }) => path === '/v2/token').length,
  };
}

export type Wire = Awaited<ReturnType<typeof wire>>;

/** A server that must not be called, and the number of calls. */
export async function canary() {
  let connections = 0;
  const server = createServer((_, response) => response.end('{}'));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

/** Returns an address without a listener. */
export async function closedPort(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}`);
}

export const codesOf = ({ errors = [] }: GraphQLResult) => errors.map(({ extensions }) => extensions.code);

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
