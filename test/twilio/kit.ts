import { createAccessTokens } from '../../src/auth/access-tokens.ts';
import { createTokenRequest } from '../../src/auth/oauth.ts';
import { OperationBudget, type OperationScope, ReadSummary } from '../../src/loaders/read-summary.ts';
import { createSandbox, type SandboxOAuthApp, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createTwilioClient } from '../../src/twilio/client.ts';
import type { PageRequest, TwilioPage } from '../../src/twilio/page.ts';
import { accounts, type WireAccount } from '../../src/twilio/resources/accounts.ts';
import { messages, type WireMessage } from '../../src/twilio/resources/messages.ts';
import { accessToken } from '../../src/twilio/transport/access-token.ts';
import { callBudget } from '../../src/twilio/transport/call-budget.ts';
import {
  concurrencyLimiter,
  createLimiter,
  type Limiter,
} from '../../src/twilio/transport/concurrency-limiter.ts';
import { kyClient } from '../../src/twilio/transport/ky-client.ts';
import { retry } from '../../src/twilio/transport/retry.ts';
import { timeout } from '../../src/twilio/transport/timeout.ts';
import type { Transport, UpstreamFetch } from '../../src/twilio/types.ts';

interface Options extends SandboxOptions {
  fetch?: UpstreamFetch;
  apiUrl?: string;
  timeoutMs?: number;
  limiter?: Limiter;
}

/**
 * The client of the parent's OAuth app over its own sandbox, without cache, single-flight and circuit breaker; the test
 * controls its clock.
 */
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
  const send = kyClient({
    apiUrl: new URL(apiUrl ?? 'https://api.twilio.com'),
    fetch: fetch ?? sandbox.fetch,
  });
  const attempt = timeout(send, { timeoutMs, silenceMs: timeoutMs });
  const attempts = retry(concurrencyLimiter(attempt, limiter ?? createLimiter()), timeoutMs);
  const transport = callBudget(accessToken(attempts, tokens, now));
  const { parent, active } = sandbox.accounts;
  /** Reads through additional layers. */
  const through = (layered: Transport) => createTwilioClient(layered, app.accountSid);
  const client = through(transport);
  return {
    sandbox,
    app,
    tokens,
    transport,
    through,
    client,
    parent,
    active,
    accountPath: `/2010-04-01/Accounts/${parent.sid}.json`,
    /** Reads the parent account. */
    readAccount: async (own: OperationScope = scope()): Promise<WireAccount> =>
      (await client.read(accounts, { Sid: parent.sid }, own)).value,
    listMessages: async (
      page: PageRequest,
      own: OperationScope = scope(),
    ): Promise<TwilioPage<WireMessage>> =>
      (await client.list(messages, { AccountSid: parent.sid }, page, own)).value,
    listAccounts: async (page: PageRequest): Promise<TwilioPage<WireAccount>> =>
      (await client.list(accounts, {}, page, scope())).value,
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** HTTP statuses of the API calls so far. */
    statuses: () =>
      sandbox.calls.filter(({ path }) => path.startsWith('/2010-04-01/')).map(({ status }) => status),
    tokenCalls: () => sandbox.calls.filter(({ path }) => path === '/v2/token').length,
  };
}

export function scope(signal: AbortSignal = new AbortController().signal, maxCalls = 1_000): OperationScope {
  const reads = new ReadSummary();
  return { signal, reads, budget: new OperationBudget(maxCalls, reads) };
}

export const first = (pageSize: number): PageRequest => ({ name: null, pageSize, filters: [] });

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it did not fail, but gave ${JSON.stringify(value)?.slice(0, 100)}`);
    },
    (error: unknown) => error,
  );
}
