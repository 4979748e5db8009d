import { createCredentialSessions } from '../../src/auth/credential-sessions.ts';
import { createTokenRequest } from '../../src/auth/oauth.ts';
import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import type { Paging } from '../../src/loaders/list-reader.ts';
import { type OperationScope, ReadSummary } from '../../src/loaders/read-summary.ts';
import { createRequestLoaders } from '../../src/loaders/request-loaders.ts';
import { createTwilioSource } from '../../src/loaders/twilio-source.ts';
import { createLogger } from '../../src/log.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { SILENT } from '../../src/telemetry/telemetry.ts';

interface RequestOptions {
  nickname?: string;
  signal?: AbortSignal;
  scanBudget?: number;
  maxCalls?: number;
}

/** A sandbox and the credentials of its two apps; `request()` creates the loaders of one GraphQL request. */
export async function loadersAt(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ messages: 60, ...options });
  const store = createFixedStore([...sandbox.apps]);
  const sessions = createCredentialSessions({
    store,
    log: createLogger('silent', () => {}),
    apiUrl: new URL('https://api.twilio.com'),
    fetch: sandbox.fetch,
    requestToken: createTokenRequest({
      oauthUrl: new URL('https://oauth.twilio.com'),
      fetch: sandbox.fetch,
      timeoutMs: 5_000,
    }),
    upstreamTimeoutMs: 5_000,
    requestTimeoutMs: 10_000,
    circuit: { failures: 0, openMs: 5_000 },
    retentionDays: 400,
  });
  const credentials = await store.list();

  function request({ nickname, signal, scanBudget = 5_000, maxCalls = 1_000 }: RequestOptions = {}) {
    const scope: OperationScope = {
      signal: signal ?? new AbortController().signal,
      reads: new ReadSummary(),
    };
    const now = options.clock ?? Date.now;
    return createRequestLoaders({
      credentials,
      nickname: nickname ?? null,
      sessionOf: sessions.of,
      savePermissions: async () => {},
      scope,
      scanBudget,
      maxCalls,
      now,
    });
  }

  return {
    sandbox,
    parent: sandbox.accounts.parent,
    active: sandbox.accounts.active,
    request,
    /** The loaders of one request with the parent's credential. */
    own: (given?: RequestOptions): CredentialLoaders => request(given).own(),
    /** The paths of the API calls so far, without query. */
    apiPaths: () =>
      sandbox.calls
        .map(({ path }) => path.split('?')[0] ?? '')
        .filter((path) => path.startsWith('/2010-04-01/')),
    permit(...permissions: string[]) {
      sandbox.setPermissions(sandbox.apps[0]?.clientId ?? '', permissions);
    },
  };
}

/** Lists the messages of one account. */
export function listMessages(
  via: CredentialLoaders,
  accountSid: string,
  criteria: MessageCriteria,
  paging: Paging,
) {
  const source = createTwilioSource({ scanBudget: 5_000, telemetry: SILENT, now: Date.now });
  return source.list([{ accountSid, via }], criteria, paging);
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it did not fail, but gave ${JSON.stringify(value)?.slice(0, 100)}`);
    },
    (error: unknown) => error,
  );
}

/** The part of an error that the client sees: its code and Twilio's. */
export const coded = (code: string, extensions: object = {}) =>
  ({ extensions: { code, ...extensions } }) as const;
