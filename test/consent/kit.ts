import pino from 'pino';
import { afterEach, expect, onTestFinished } from 'vitest';
import type { Actor } from '../../src/admin/actor.ts';
import { createGateway } from '../../src/app.ts';
import { openAdmin } from '../../src/open-admin.ts';
import { createSandbox, type SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import type { Credential } from '../../src/store/records.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { DEFAULTS, type GraphQLResult } from '../kit.ts';
import { CALLBACK, decide, locationOf } from '../sandbox/consent-kit.ts';
import { at } from '../sandbox/kit.ts';
import { cipher, createSqliteEngine, type TestEngine } from '../store/test-engines.ts';

export const ADMIN: Actor = { name: 'ops', role: 'ADMIN', origin: '127.0.0.1' };
export const READER: Actor = { ...ADMIN, role: 'READER' };

/** Reusing a spent refresh token revokes the grant, as strict servers do. */
export const STRICT = { refreshReuse: 'revoke' } as const;

const URLS = { apiUrl: new URL('https://api.twilio.com'), oauthUrl: new URL('https://oauth.twilio.com') };
const unexpected: string[] = [];

// A response may look right although the gateway failed on the way: that fails the test.
afterEach(() => {
  expect(unexpected.splice(0), 'unexpected server errors').toEqual([]);
});

export interface GatewayChange {
  store?: (store: GatewayStore) => GatewayStore;
  fetch?: (fetch: UpstreamFetch) => UpstreamFetch;
  now?: () => number;
}

/** Creates a sandbox with an organization app, a database, and gateways over both, which are closed after the test. */
export async function createConsentKit(
  options: { switches?: Partial<SandboxSwitches>; home?: TestEngine } = {},
) {
  const sandbox = createSandbox({
    messages: 60,
    ...(options.switches ? { switches: options.switches } : {}),
  });
  const app = at(sandbox.organizationApps, 0);
  const home = options.home ?? createSqliteEngine();
  if (!options.home) onTestFinished(() => home.stop());
  const place = await home.empty();
  const lines: string[] = [];
  // Not the gateway's own logger, which redacts secrets: the test must not depend on that.
  const log = pino(
    { level: 'trace', base: null },
    {
      write(line: string) {
        lines.push(line);
        if (line.includes('unexpected error')) unexpected.push(line);
      },
    },
  );
  /** Every form sent to the token endpoint, with the response. */
  const tokenCalls: { form: URLSearchParams; answer: Record<string, unknown> }[] = [];

  const recorded: UpstreamFetch = async (input, init) => {
    const request = new Request(input, init);
    const form = new URLSearchParams(request.method === 'POST' ? await request.clone().text() : '');
    const response = await sandbox.fetch(request);
    const text = await response.text();
    if (request.method === 'POST') tokenCalls.push({ form, answer: JSON.parse(text) });
    return new Response(text, response);
  };

  async function openGateway(change: GatewayChange = {}) {
    const opened = await createCachedStore(await home.open(place), { cipher });
    const store = change.store?.(opened) ?? opened;
    const fetch = change.fetch?.(recorded) ?? recorded;
    const now = change.now ? { now: change.now } : {};
    const documents = async () => ({ check: () => ({ name: '', problems: [] }), fixed: () => [] });
    const parts = { config: DEFAULTS, urls: URLS, store, log, fetch, documents, ...now };
    const { admin, close: closeAdmin } = openAdmin(parts);
    const gateway = createGateway(parts);
    let open = true;
    async function close(): Promise<void> {
      if (!open) return;
      open = false;
      await gateway.close();
      await closeAdmin();
      await opened.close();
    }
    onTestFinished(close);

    const input = (nickname: string) => ({
      nickname,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      redirectUri: CALLBACK,
    });
    const begin = (nickname = 'consented', actor = ADMIN, part = {}) =>
      admin.consent.start(actor, { ...input(nickname), ...part });

    return {
      store,
      gateway,
      admin,
      close,
      begin,
      finish: (callback: URL, actor = ADMIN) => admin.consent.finish(actor, callback),
      /** The complete consent flow. */
      async connect(nickname = 'consented'): Promise<Credential> {
        return admin.consent.finish(ADMIN, await press(await begin(nickname), 'allow'));
      },
      async query(query = '{ account { sid } }', nickname = 'consented'): Promise<GraphQLResult> {
        const response = await gateway.fetch('http://localhost/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-twilio-credential': nickname },
          body: JSON.stringify({ query }),
        });
        return (await response.json()) as GraphQLResult;
      },
    };
  }

  /** Opens Twilio's page and presses one of its buttons; returns the redirect. */
  async function press(url: URL, decision: 'allow' | 'deny'): Promise<URL> {
    return locationOf(await decide(sandbox, url.pathname + url.search, decision));
  }

  return { sandbox, app, home, place, lines, tokenCalls, openGateway, press };
}

export type ConsentKit = Awaited<ReturnType<typeof createConsentKit>>;
export type ConsentGateway = Awaited<ReturnType<ConsentKit['openGateway']>>;

/** Returns the error of a promise that must reject. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  );
}

export async function codeOfFailure(promise: Promise<unknown>): Promise<unknown> {
  const error = await failureOf(promise);
  return (error as { extensions?: { code?: unknown } }).extensions?.code ?? error;
}

/** Reads the account; fails the test if that fails. */
export async function reads(gateway: ConsentGateway, nickname = 'consented'): Promise<string> {
  const { data, errors } = await gateway.query(undefined, nickname);
  expect(errors).toBeUndefined();
  return data.account.sid;
}
