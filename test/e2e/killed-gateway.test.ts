import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { askGateway, openShared, type RunningGateway } from './shared.ts';

const ADMIN_KEY = 'planted-admin-key-of-killed-gateway-0123456789';
const CLIENTS = 8;
const sandbox = createSandbox({ messages: 400, switches: { latencyMs: 15 } });
const { parent } = sandbox.accounts;
let shared: Awaited<ReturnType<typeof openShared>>;
const gateways: RunningGateway[] = [];

beforeAll(async () => {
  // Every read needs a call to Twilio.
  shared = await openShared(sandbox, { GATEWAY_ADMIN_KEY: ADMIN_KEY, CACHE_MAX_MB: '0' });
  gateways.push(...(await Promise.all([shared.start(), shared.start()])));
}, 60_000);

afterAll(async () => {
  for (const { program } of gateways) program.child.kill('SIGTERM');
  await Promise.all(gateways.map(({ program }) => program.exited));
  await shared.close();
}, 60_000);

const send = (gateway: number, query: string, variables: object = {}) =>
  askGateway(gateways[gateway], query, variables, ADMIN_KEY);

/** Sends a query like a client with retries: to the other gateway after a failure. */
async function askUntilAnswered(query: string, variables: object, first: number) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const gateway = (first + attempt) % gateways.length;
    const answer = await send(gateway, query, variables).catch(() => undefined);
    if (answer) return { ...answer, gateway, attempts: attempt + 1 };
    await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
  }
  throw new Error('no gateway answered');
}

const tokenCalls = () => sandbox.calls.filter(({ path }) => path === '/v2/token').length;

test('kill -9 of one of two gateways under load: clients that retry lose nothing, and no burst of token requests follows', async () => {
  const { clientId, clientSecret } = sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
  const input = { nickname: 'desk', clientId, clientSecret };
  const added = await send(
    0,
    'mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }',
    { input },
  );
  expect(added.errors).toBeUndefined();
  const list = '{ messages(first: 320) { nodes { sid body } } }';
  await expect.poll(async () => (await send(1, list)).errors, { timeout: 5_000 }).toBeUndefined();
  const expected: { sid: string; body: string }[] = (await send(0, list)).data.messages.nodes;
  expect(expected).toHaveLength(320);
  sandbox.clearCalls();

  let answered = 0;
  let retried = 0;
  const byGateway = [0, 0];
  const read = 'query($sid: MessageSid!) { message(sid: $sid) { sid body accountSid } }';
  const killed = gateways[0]?.program;
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let index = client; index < expected.length; index += CLIENTS) {
      const message = expected[index];
      const { data, errors, gateway, attempts } = await askUntilAnswered(
        read,
        { sid: message?.sid },
        index % 2,
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({ message: { ...message, accountSid: parent.sid } });
      answered += 1;
      if (attempts > 1) retried += 1;
      byGateway[gateway] = (byGateway[gateway] ?? 0) + 1;
      if (answered === 100) killed?.child.kill('SIGKILL');
    }
  });
  await Promise.all(clients);
  expect(answered).toBe(expected.length);
  expect(retried).toBeGreaterThan(0);
  expect(byGateway[0]).toBeGreaterThan(0);
  expect(await killed?.exited).toBeNull();
  // Each gateway has its token; the end of the other is not a reason to request another.
  expect(tokenCalls()).toBe(0);

  // The restarted gateway requests one token, for any number of callers.
  gateways[0] = await shared.start();
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      send(0, `{ messages(first: ${index + 1}) { nodes { sid body } } }`),
    ),
  );
  for (const [index, { data }] of responses.entries()) {
    expect(data.messages.nodes).toEqual(expected.slice(0, index + 1));
  }
  expect(tokenCalls()).toBe(1);
}, 60_000);
