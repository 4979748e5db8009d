import { createTokenRequest } from '../../src/auth/oauth.ts';
import { createFixedStore } from '../../src/credentials/fixed-store.ts';
import { createAccess } from '../../src/loaders/access.ts';
import type { CredentialContext } from '../../src/loaders/credential-context.ts';
import { createCredentialContexts } from '../../src/loaders/credential-contexts.ts';
import { createLogger } from '../../src/log.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { ReadScope } from '../../src/twilio/http.ts';
import { DEFAULTS } from '../kit.ts';

interface RequestOptions {
  nickname?: string;
  signal?: AbortSignal;
  scanBudget?: number;
}

/** A sandbox and the credentials of its two apps; `request()` is what one GraphQL request gets. */
export async function loadersAt(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ messages: 60, ...options });
  const store = createFixedStore([...sandbox.apps]);
  const access = createAccess({
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
    faults: DEFAULTS.faults,
    retentionDays: 400,
  });
  const credentials = await store.list();

  function request({ nickname, signal, scanBudget = 5_000 }: RequestOptions = {}) {
    const scope: ReadScope = { signal: signal ?? new AbortController().signal, upstreamCalls: 0 };
    const now = options.clock ?? Date.now;
    return createCredentialContexts({
      credentials,
      nickname: nickname ?? null,
      accessOf: access.of,
      savePermissions: async () => {},
      scope,
      scanBudget,
      now,
    });
  }

  return {
    sandbox,
    parent: sandbox.accounts.parent,
    active: sandbox.accounts.active,
    request,
    /** The context of one request under the parent's credential. */
    own: (given?: RequestOptions): CredentialContext => request(given).own(),
    /** Paths without query of the API calls so far. */
    apiPaths: () =>
      sandbox.calls
        .map(({ path }) => path.split('?')[0] ?? '')
        .filter((path) => path.startsWith('/2010-04-01/')),
    permit(...permissions: string[]) {
      sandbox.setPermissions(sandbox.apps[0]?.clientId ?? '', permissions);
    },
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it did not fail, but gave ${JSON.stringify(value)?.slice(0, 100)}`);
    },
    (error: unknown) => error,
  );
}

/** What a client would be told: the code of the error and Twilio's. */
export const coded = (code: string, extensions: object = {}) =>
  ({ extensions: { code, ...extensions } }) as const;
