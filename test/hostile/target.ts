import { expect, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Program, run } from '../e2e/process.ts';
import { worldOf } from '../fuzz/world.ts';
import type { GraphQLAnswer } from '../kit.ts';
import { createVisitor, type Visitor } from '../page/visitor.ts';
import { type Gauges, openGauges } from './gauges.ts';

export const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';
/** 32 bytes; nobody but this test has sealed anything with it. */
const ENCRYPTION_KEY = Buffer.from('planted-encryption-key-of-a-test').toString('base64');

/** In a message of the parent account, which no READER here may read. */
export const PLANTED = {
  body: 'planted-body-8c1f, your code is 914207',
  to: '+15550107701',
  from: '+15550107702',
};

/** Asked with by strangers: it must be in no log, whoever sent it. */
export const STRANGERS_NUMBER = '+15550107703';

export interface Target {
  readonly port: number;
  readonly program: Program;
  readonly sandbox: Sandbox;
  readonly gauges: Gauges;
  readonly world: Awaited<ReturnType<typeof worldOf>>;
  /** Of the READER, who may read the subaccount alone; null where no key is asked for. */
  readonly readerKey: string | null;
  /** What must be in no answer and in no log. */
  readonly secrets: readonly string[];
  /** Logged in as the administrator, where one can. */
  readonly visitor: Visitor;
  ask(query: string, variables?: object): Promise<string>;
}

export interface TargetOptions {
  /** Whether keys are asked for. */
  readonly keys: boolean;
}

/** The gateway as a process of its own, as `npm start` runs it, before a sandbox with something planted. */
export async function startTarget({ keys }: TargetOptions): Promise<Target> {
  // Its time stands still: a message on its way would be another one after the last request.
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
    // Full after the first round, so that what is left after the last can be compared.
    CACHE_MAX_MB: '2',
    STALE_MAX_MB: '1',
    ...(keys ? { GATEWAY_ADMIN_KEY: ADMIN_KEY } : {}),
  });
  onTestFinished(async () => {
    program.child.kill('SIGKILL');
    await program.exited;
  });
  const url = await program.printed(/GraphQL +(http:\S+)\/graphql/);
  // Only now: the debugger listens before Node is ready to evaluate anything.
  const gauges = await openGauges(await program.printed(/Debugger listening on (ws:\S+)/));
  onTestFinished(gauges.close);

  const authorization: Record<string, string> = keys ? { authorization: `Bearer ${ADMIN_KEY}` } : {};
  const ask = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json', ...authorization };
    const body = JSON.stringify({ query, variables });
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text();
  };
  const query = async (text: string, variables?: object) =>
    JSON.parse(await ask(text, variables)) as GraphQLAnswer;

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
  await visitor.get('/credentials/add');

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
