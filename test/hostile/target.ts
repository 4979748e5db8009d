import { expect, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Program, run } from '../e2e/process.ts';
import { worldOf } from '../fuzz/world.ts';
import type { GraphQLResult } from '../kit.ts';
import { createVisitor, type Visitor } from '../sign-in/visitor.ts';
import { type Gauges, openGauges } from './gauges.ts';

export const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';
/** 32 bytes, used only by this test. */
const ENCRYPTION_KEY = Buffer.from('planted-encryption-key-of-a-test').toString('base64');

/** In a message of the parent account, which no READER here may read. */
export const PLANTED = {
  body: 'planted-body-8c1f, your code is 914207',
  to: '+15550107701',
  from: '+15550107702',
};

/** Sent by unauthenticated clients: it must be in no log. */
export const STRANGERS_NUMBER = '+15550107703';

export interface Target {
  readonly port: number;
  readonly program: Program;
  readonly sandbox: Sandbox;
  readonly gauges: Gauges;
  readonly world: Awaited<ReturnType<typeof worldOf>>;
  /** The key of the READER, who may read only the subaccount; null if no key is required. */
  readonly readerKey: string | null;
  /** Values that must be in no response and no log. */
  readonly secrets: readonly string[];
  /** A session of the administrator, if a login is required. */
  readonly visitor: Visitor;
  ask(query: string, variables?: object): Promise<string>;
}

export interface TargetOptions {
  /** Whether keys are required. */
  readonly keys: boolean;
}

/** The gateway as a separate process, started as by `npm start`, over a sandbox with planted values. */
export async function startTarget({ keys }: TargetOptions): Promise<Target> {
  // Its clock stands still, so that no message changes before the last request.
  const now = Date.now();
  const sandbox = createSandbox({ messages: 300, clock: () => now });
  sandbox.addMessage('parent', PLANTED);
  const upstream = await sandbox.listen();
  onTestFinished(() => upstream.close());
  const [parent, lending] = sandbox.apps;
  if (!parent || !lending) throw new Error('The sandbox has two apps.');

  const program = run(['--inspect=127.0.0.1:0', 'scripts/start.mjs'], {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'debug',
    SANDBOX: 'off',
    TWILIO_API_URL: upstream.url,
    TWILIO_OAUTH_URL: upstream.url,
    TWILIO_ACCOUNT_SID: parent.accountSid,
    TWILIO_CLIENT_ID: parent.clientId,
    TWILIO_CLIENT_SECRET: parent.clientSecret,
    GATEWAY_ENCRYPTION_KEYS: ENCRYPTION_KEY,
    CLIENT_TIMEOUT_MS: '2000',
    // Full after the first round, so that the memory after the last one can be compared.
    CACHE_MAX_MB: '2',
    STALE_MAX_MB: '1',
    ...(keys ? { GATEWAY_ADMIN_KEY: ADMIN_KEY } : {}),
  });
  onTestFinished(async () => {
    program.child.kill('SIGKILL');
    await program.exited;
  });
  const url = await program.printed(/"url":"(http:[^"]+)"/);
  // Not earlier: the debugger listens before Node is ready to evaluate anything.
  const gauges = await openGauges(await program.printed(/Debugger listening on (ws:\S+)/));
  onTestFinished(gauges.close);

  const authorization: Record<string, string> = keys ? { authorization: `Bearer ${ADMIN_KEY}` } : {};
  const ask = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json', ...authorization };
    const body = JSON.stringify({ query, variables });
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text();
  };
  const query = async (text: string, variables?: object) =>
    JSON.parse(await ask(text, variables)) as GraphQLResult;

  const added = await query('mutation($i: AddCredentialInput!) { addCredential(input: $i) { id } }', {
    i: { nickname: 'lending', clientId: lending.clientId, clientSecret: lending.clientSecret },
  });
  expect(added.errors).toBeUndefined();
  const made = await query('mutation($i: CreateApiKeyInput!) { createApiKey(input: $i) { token } }', {
    i: { name: 'a dashboard', credentialIds: [added.data.addCredential.id] },
  });
  const readerKey: string = made.data.createApiKey.token;

  const visitor = createVisitor({ fetch: (input, init) => fetch(input, init) }, url);
  if (keys) expect((await visitor.logIn(ADMIN_KEY)).status).toBe(303);

  const { accounts, apps, organizationApps } = sandbox;
  return {
    port: Number(new URL(url).port),
    program,
    sandbox,
    gauges,
    world: await worldOf({ query, sandbox }),
    readerKey: keys ? readerKey : null,
    secrets: [
      ADMIN_KEY,
      ENCRYPTION_KEY,
      readerKey,
      ...[...apps, ...organizationApps].map(({ clientSecret }) => clientSecret),
      ...Object.values(accounts).map(({ authToken }) => authToken),
    ],
    visitor,
    ask,
  };
}
