import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { query as sqlQuery } from '../store/postgres.ts';
import { askGateway, openShared, type RunningGateway } from './shared.ts';

const ADMIN_KEY = 'planted-admin-key-of-call-slots-0123456789';
const LIMIT = 24;
const sandbox = createSandbox({ messages: 200, switches: { latencyMs: 150, concurrencyLimit: LIMIT } });
const { parent } = sandbox.accounts;
let shared: Awaited<ReturnType<typeof openShared>>;
const gateways: RunningGateway[] = [];

beforeAll(async () => {
  shared = await openShared(sandbox, { GATEWAY_ADMIN_KEY: ADMIN_KEY, CACHE_MAX_MB: '0' });
  gateways.push(...(await Promise.all([1, 2, 3, 4].map(() => shared.start()))));
  const { clientId, clientSecret } = sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
  const input = { nickname: 'desk', clientId, clientSecret };
  const add = 'mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }';
  expect((await send(gateways[0], add, { input })).errors).toBeUndefined();
  for (const gateway of gateways)
    await vi.waitFor(
      async () => expect((await send(gateway, '{ account { sid } }')).errors).toBeUndefined(),
      { timeout: 10_000, interval: 100 },
    );
}, 120_000);

afterAll(async () => {
  for (const { program } of gateways) program.child.kill('SIGTERM');
  await Promise.all(gateways.map(({ program }) => program.exited));
  await shared.close();
}, 60_000);

const send = (gateway: RunningGateway | undefined, query: string, variables: object = {}) =>
  askGateway(gateway, query, variables, ADMIN_KEY);

let recipients = 0;
/** Twelve lists, each of which needs a call. */
function lists(): string {
  const fields = Array.from({ length: 12 }, (_, index) => {
    recipients += 1;
    return `l${index}: messages(first: 1, filter: { to: "+1555${String(recipients).padStart(7, '0')}" }) { nodes { sid } }`;
  });
  return `{ ${fields.join(' ')} }`;
}

/** Two clients of each gateway read without a pause, until the returned function is called. */
function load(targets: readonly RunningGateway[]): () => Promise<string[]> {
  let isOver = false;
  const codes: string[] = [];
  const clients = [...targets, ...targets].map(async (gateway) => {
    while (!isOver) {
      // The gateway may be dead.
      const response = await send(gateway, lists()).catch(() => undefined);
      if (!response) return;
      const { errors } = response;
      codes.push(...(errors ?? []).map(({ extensions }) => String(extensions.code)));
    }
  });
  return async () => {
    isOver = true;
    await Promise.all(clients);
    return codes;
  };
}

interface Row {
  gateway: string;
  slots: number;
  limit: number;
}
const rows = async () =>
  (await sqlQuery(
    shared.databaseUrl,
    `select gateway, slots, call_limit as "limit" from call_slots where account_sid = '${parent.sid}'`,
  )) as unknown as Row[];

/** Waits for so many calls; returns how many of them were rejected. */
async function rejectedOf(calls: number): Promise<number> {
  sandbox.clearCalls();
  await vi.waitFor(() => expect(sandbox.calls.length).toBeGreaterThan(calls), {
    timeout: 60_000,
    interval: 100,
  });
  return sandbox.calls.filter(({ status }) => status === 429).length;
}

describe('four gateways on one PostgreSQL', () => {
  // A second run would begin with three gateways.
  test('together make no more calls than Twilio allows, and take the slots of one that dies', {
    retry: 0,
    timeout: 240_000,
  }, async () => {
    const [victim, ...rest] = gateways as [RunningGateway, ...RunningGateway[]];
    const end = load(rest);
    const endVictim = load([victim]);
    const settled = async (count: number) => {
      await vi.waitFor(
        async () => {
          const all = await rows();
          expect(all).toHaveLength(count);
          const slots = all.map((row) => row.slots);
          const sum = slots.reduce((total, one) => total + one, 0);
          // A trial may have one more.
          expect(sum).toBeGreaterThan(LIMIT / 2);
          expect(sum).toBeLessThanOrEqual(LIMIT + 2);
          expect(Math.min(...slots)).toBeGreaterThanOrEqual(Math.floor(sum / count) - 2);
        },
        { timeout: 60_000, interval: 200 },
      );
    };
    await settled(4);
    // One in twenty, because the limit is found by trials.
    expect(await rejectedOf(600)).toBeLessThan(30);

    victim.program.child.kill('SIGKILL');
    await endVictim();
    // Half a minute passes for the one that gives no sign of life.
    await vi.waitFor(
      async () =>
        expect(
          await sqlQuery(
            shared.databaseUrl,
            `delete from call_slots where date_expires < now() + interval '25 s' returning gateway`,
          ),
        ).toHaveLength(1),
      { timeout: 20_000, interval: 200 },
    );
    await settled(3);
    // It is found anew.
    expect(await rejectedOf(300)).toBeLessThan(20);
    expect((await end()).filter((code) => code !== 'TWILIO_RATE_LIMITED')).toEqual([]);
  });
});
