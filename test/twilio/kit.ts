import { createAccessTokens } from '../../src/auth/access-tokens.ts';
import { createTokenRequest } from '../../src/auth/oauth.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createSandbox, type SandboxOAuthApp, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createTwilioClient } from '../../src/twilio/client.ts';
import { createTwilioHttp, type ReadScope } from '../../src/twilio/http.ts';
import type { Limiter } from '../../src/twilio/limiter.ts';

interface Options extends SandboxOptions {
  fetch?: UpstreamFetch;
  apiUrl?: string;
  timeoutMs?: number;
  limiter?: Limiter;
}

/** The client of the parent's OAuth app over a sandbox of its own; a clock that moves only when told. */
export function twilioAt({ fetch, apiUrl, timeoutMs = 5_000, limiter, ...options }: Options = {}) {
  let time = Date.now();
  const now = () => time;
  const sandbox = createSandbox({ messages: 50, clock: now, ...options });
  const app = sandbox.apps[0] as SandboxOAuthApp;
  const requestToken = createTokenRequest({
    oauthUrl: new URL('https://oauth.twilio.com'),
    fetch: sandbox.fetch,
    timeoutMs,
    now,
  });
  const tokens = createAccessTokens(() => requestToken(app), now);
  const http = createTwilioHttp({
    apiUrl: new URL(apiUrl ?? 'https://api.twilio.com'),
    fetch: fetch ?? sandbox.fetch,
    tokens,
    timeoutMs,
    now,
    ...(limiter ? { limiter } : {}),
  });
  const { parent, active } = sandbox.accounts;
  return {
    sandbox,
    app,
    tokens,
    http: {
      /** What was answered, without its text. */
      get: async (...read: Parameters<typeof http.get>) => (await http.get(...read)).json,
    },
    direct: http,
    client: createTwilioClient(http, app.accountSid),
    parent,
    active,
    accountPath: `/2010-04-01/Accounts/${parent.sid}.json`,
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** HTTP statuses of the API calls so far. */
    statuses: () =>
      sandbox.calls.filter(({ path }) => path.startsWith('/2010-04-01/')).map(({ status }) => status),
    tokenCalls: () => sandbox.calls.filter(({ path }) => path === '/v2/token').length,
  };
}

export function scope(signal: AbortSignal = new AbortController().signal): ReadScope {
  return { signal, upstreamCalls: 0 };
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it did not fail, but gave ${JSON.stringify(value)?.slice(0, 100)}`);
    },
    (error: unknown) => error,
  );
}
