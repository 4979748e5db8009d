import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { CACHE, createKit, type Kit, noErrors } from '../kit.ts';

const LIST = '{ messages(first: 5) { nodes { sid status body } } }';

/** A cache, and an account whose messages are all final by default. */
function kitWith(cache: Partial<typeof CACHE> = {}): Kit {
  const kit = createKit({ sandbox: { messages: 0 }, config: { cache: { ...CACHE, ...cache } } });
  for (let index = 0; index < 5; index += 1) kit.sandbox.addMessage('parent', { body: `number ${index}` });
  return kit;
}

describe('final data', () => {
  test('is cached from the second read on: a page, its account, a message', async () => {
    const kit = kitWith();
    const query = '{ messages(first: 5) { nodes { sid account { friendlyName } } } }';
    const first = noErrors(await kit.countCalls(query));
    const second = noErrors(await kit.countCalls(query));
    const third = noErrors(await kit.countCalls(query));
    expect([first, second, third].map(({ calls }) => calls.length)).toEqual([2, 2, 0]);
    expect([second.data, third.data]).toEqual([first.data, first.data]);
    const { sid } = first.data.messages.nodes[3];
    const single = `{ message(sid: "${sid}") { body } }`;
    const calls: number[] = [];
    for (let times = 0; times < 3; times += 1) calls.push((await kit.countCalls(single)).calls.length);
    expect(calls).toEqual([1, 1, 0]);
  });

  test('is read again with Cache-Control: no-cache', async () => {
    const kit = kitWith();
    for (let times = 0; times < 3; times += 1) await kit.countCalls(LIST);
    const { calls } = await kit.countCalls(LIST, {}, { 'cache-control': 'no-cache' });
    expect(calls).toHaveLength(1);
  });

  test('expires after its lifetime, including bodies', async () => {
    const kit = kitWith({ messageMs: 60, pageMs: 60 });
    await kit.query(LIST);
    const [message] = noErrors(await kit.query(LIST)).data.messages.nodes;
    kit.sandbox.deleteMessage(message.sid);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await kit.query(`{ message(sid: "${message.sid}") { body } }`)).data).toEqual({ message: null });
    expect((await kit.query(LIST)).data.messages.nodes).toHaveLength(4);
  });
});

describe('data that may change', () => {
  test('is never served from the cache: a pending message, and its page', async () => {
    const kit = kitWith();
    const { sid } = kit.sandbox.addMessage('parent', { status: 'sent' });
    for (const query of [LIST, `{ message(sid: "${sid}") { status } }`]) {
      expect((await kit.countCalls(query)).calls).toHaveLength(1);
      expect((await kit.countCalls(query)).calls).toHaveLength(1);
    }
  });

  test('such as DELIVERED on WhatsApp may become READ', async () => {
    let now = Date.now();
    const sandbox = createSandbox({ messages: 3_000, clock: () => now });
    const kit = createKit({ over: sandbox, config: { cache: CACHE } });
    const query = `{ messages(first: 40, filter: { channel: [WHATSAPP], status: [DELIVERED], direction: [OUTBOUND_API] }) { nodes { sid } } }`;
    const delivered: string[] = noErrors(await kit.query(query)).data.messages.nodes.map(
      ({ sid }: { sid: string }) => sid,
    );
    const statusOf = async (sid: string) =>
      noErrors(await kit.query(`{ message(sid: "${sid}") { status } }`)).data.message.status;
    for (const sid of delivered) await statusOf(sid);
    now += 3_600_000;
    const later = await Promise.all(delivered.map(statusOf));
    expect(later).toContain('READ');
  });
});

describe('the cache is not shared', () => {
  test('between credentials of the same account', async () => {
    const sandbox = createSandbox({ messages: 0 });
    sandbox.addMessage('parent');
    sandbox.addApp({ accountSid: sandbox.accounts.parent.sid, nickname: 'second' });
    const kit = createKit({ over: sandbox, config: { cache: CACHE } });
    const asked = async (nickname: string) => {
      const { calls } = await kit.countCalls(LIST, {}, { 'x-twilio-credential': nickname });
      return calls.length;
    };
    const calls: number[] = [];
    for (const name of ['sandbox', 'sandbox', 'sandbox', 'second', 'second', 'second']) {
      calls.push(await asked(name));
    }
    expect(calls).toEqual([1, 1, 0, 1, 1, 0]);
  });

  test('with a credential without the permission', async () => {
    const sandbox = createSandbox({ messages: 0 });
    sandbox.addMessage('parent');
    const app = sandbox.addApp({ accountSid: sandbox.accounts.parent.sid, nickname: 'narrow' });
    sandbox.setPermissions(app.clientId, ['/twilio/iam/accounts/read']);
    const kit = createKit({ over: sandbox, config: { cache: CACHE } });
    noErrors(await kit.query(LIST));
    const { errors } = await kit.query(LIST, {}, { 'x-twilio-credential': 'narrow' });
    expect(errors?.[0]?.extensions.code).toBe('TWILIO_PERMISSION_MISSING');
  });
});

describe('running reads', () => {
  test('are shared by requests for the same resource', async () => {
    const kit = createKit({ sandbox: { messages: 50, switches: { latencyMs: 50 } } });
    noErrors(await kit.query('{ account { sid } }'));
    kit.sandbox.clearCalls();
    const responses = await Promise.all(Array.from({ length: 20 }, () => kit.query(LIST)));
    for (const response of responses) expect(noErrors(response).data.messages.nodes).toHaveLength(5);
    expect(kit.sandbox.calls).toHaveLength(1);
  });

  test('the account is read concurrently with its list', async () => {
    const sandbox = createSandbox({ messages: 50 });
    let running = 0;
    let most = 0;
    const over = {
      ...sandbox,
      fetch: async (input: Request | string | URL, init?: RequestInit) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return sandbox.fetch(input, init);
      },
    };
    const kit = createKit({ over });
    for (const selection of ['nodes { account { sid } }', 'edges { node { ...M } }']) {
      most = 0;
      const fragment = selection.includes('...M') ? 'fragment M on Message { account { sid } }' : '';
      noErrors(await kit.query(`{ messages(first: 3) { ${selection} } } ${fragment}`));
      expect(most).toBe(2);
    }
  });
});
