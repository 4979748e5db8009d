import { afterEach, expect } from 'vitest';
import { createGateway, type GatewayOptions } from '../src/app.ts';
import type { HistoryStore } from '../src/history/history-store.ts';
import { createLogger } from '../src/log.ts';
import {
  createSandbox,
  type Sandbox,
  type SandboxCall,
  type SandboxOptions,
} from '../src/sandbox/sandbox.ts';
import { createFixedStore } from '../src/store/fixed-store.ts';
import type { GatewayStore } from '../src/store/store.ts';
import type { Telemetry } from '../src/telemetry/telemetry.ts';
import type { UpstreamFetch } from '../src/twilio/types.ts';

export interface GraphQLResult {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's, which the test knows
  data?: any;
  errors?: readonly GraphQLResultError[];
}

export interface GraphQLResultError {
  message: string;
  path?: readonly (string | number)[];
  locations?: readonly { line: number; column: number }[];
  extensions: Record<string, unknown> & { code: string };
}

export interface KitOptions {
  sandbox?: SandboxOptions;
  config?: Partial<GatewayOptions['config']>;
  now?: () => number;
  /** @default a store with the sandbox's two credentials, and no API keys */
  store?: GatewayStore;
  /** The folder of a built console. @default none */
  console?: string;
  /** The copy of the message history. @default none */
  history?: HistoryStore | undefined;
  /** Whether the gateway fills it. @default false */
  syncsHistory?: boolean;
  /** The upstream server. @default a new sandbox */
  over?: Sandbox;
  telemetry?: Telemetry;
  /** Where Twilio is. @default the addresses of the real one, of which nothing is called */
  urls?: GatewayOptions['urls'];
}

/** A cache of Twilio's responses that keeps everything for a minute. */
export const CACHE: NonNullable<GatewayOptions['config']['cache']> = {
  maxBytes: 2 ** 24,
  messageMs: 60_000,
  accountMs: 60_000,
  pageMs: 60_000,
};

/** Settings for tests: short timeouts, no cache, and no memory of failures. */
export const DEFAULTS: GatewayOptions['config'] & { host: string } = {
  host: 'localhost',
  scanBudget: 5_000,
  retentionDays: 400,
  maxDepth: 12,
  requestTimeoutMs: 10_000,
  upstreamTimeoutMs: 5_000,
  resilience: { circuit: { failures: 0, openMs: 5_000 }, stale: { maxMs: 0, maxBytes: 0 } },
};

const unexpected: string[] = [];

// A response may look right although the gateway failed on the way: that fails the test.
afterEach(() => {
  expect(unexpected.splice(0), 'unexpected server errors').toEqual([]);
});

/** Waits for the complete body, as the gateway's own dispatch does. */
export function whole(fetch: UpstreamFetch): UpstreamFetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const body = await response.arrayBuffer();
    return new Response(body, response);
  };
}

/** Creates an in-process gateway over a new sandbox; both end with the test. */
export function createKit(options: KitOptions = {}) {
  const sandbox = options.over ?? createSandbox({ messages: 500, ...options.sandbox });
  const lines: string[] = [];
  const log = createLogger('debug', (line) => {
    lines.push(line);
    if (line.includes('unexpected error')) unexpected.push(line);
  });
  const gateway = createGateway({
    config: { ...DEFAULTS, ...options.config },
    urls: options.urls ?? {
      apiUrl: new URL('https://api.twilio.com'),
      oauthUrl: new URL('https://oauth.twilio.com'),
    },
    store: options.store ?? createFixedStore([...sandbox.apps]),
    history: options.history,
    console: options.console ?? null,
    syncsHistory: options.syncsHistory,
    log,
    fetch: whole(sandbox.fetch),
    ...(options.now ? { now: options.now } : {}),
    ...(options.telemetry ? { telemetry: options.telemetry } : {}),
  });

  return {
    sandbox,
    gateway,
    /** All log lines so far, one JSON object per line. */
    lines,
    async query(query: string, variables: object = {}, headers: Record<string, string> = {}) {
      const response = await gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as GraphQLResult;
    },
    /** Runs a query and returns the number of calls to Twilio's API, without token requests. */
    async countCalls(query: string, variables: object = {}, headers: Record<string, string> = {}) {
      sandbox.clearCalls();
      const answer = await this.query(query, variables, headers);
      return { ...answer, calls: apiCalls(sandbox.calls) };
    },
  };
}

export type Kit = ReturnType<typeof createKit>;

/** Returns method and path of each API call, without the query. */
export function apiCalls(calls: readonly SandboxCall[]): string[] {
  return calls
    .filter(({ path }) => path.startsWith('/2010-04-01/'))
    .map(({ method, path }) => `${method} ${path.split('?')[0]}`);
}

/** Fails the test if the response has errors. */
export function noErrors<T extends GraphQLResult>(answer: T): T {
  expect(answer.errors).toBeUndefined();
  return answer;
}
