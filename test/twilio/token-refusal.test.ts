import { describe, expect, test } from 'vitest';
import { failureOf, scope, twilioAt } from './kit.ts';

describe('a refused token', () => {
  test('is dropped, and the read asked for once more with a fresh one', async () => {
    const { http, accountPath, sandbox, parent, statuses, tokenCalls } = twilioAt();
    await http.get(accountPath, scope());
    sandbox.revokeTokens();
    expect(await http.get(accountPath, scope())).toMatchObject({ sid: parent.sid });
    expect(statuses()).toEqual([200, 401, 200]);
    expect(tokenCalls()).toBe(2);
  });

  test('is replaced once for all reads that meet the refusal', async () => {
    const { http, accountPath, sandbox, tokenCalls } = twilioAt();
    await http.get(accountPath, scope());
    sandbox.revokeTokens();
    const reads = Array.from({ length: 20 }, () => http.get(accountPath, scope()));
    expect(await Promise.all(reads)).toHaveLength(20);
    expect(tokenCalls()).toBe(2);
  });

  test('is replaced each time it happens, as long as the fresh one is good', async () => {
    const { http, accountPath, sandbox, tokenCalls } = twilioAt();
    for (let round = 0; round < 3; round += 1) {
      await http.get(accountPath, scope());
      sandbox.revokeTokens();
    }
    await http.get(accountPath, scope());
    expect(tokenCalls()).toBe(4);
  });

  test('whose successor cannot be had fails with the refusal of the token endpoint', async () => {
    const { http, accountPath, sandbox, statuses } = twilioAt();
    await http.get(accountPath, scope());
    sandbox.revokeTokens();
    sandbox.set({ tokenThrottle: 1 });
    const error = await failureOf(http.get(accountPath, scope()));
    expect(error).toMatchObject({ name: 'TwilioError', source: 'oauth', code: 322401 });
    expect(statuses()).toEqual([200, 401]);
  });
});

describe('an account that refuses every token', () => {
  const suspended = () => {
    const twilio = twilioAt();
    twilio.sandbox.accounts.parent.status = 'suspended';
    return twilio;
  };

  test('costs two token requests, and none more over further reads', async () => {
    const { http, accountPath, tokenCalls, statuses } = suspended();
    expect(await failureOf(http.get(accountPath, scope()))).toMatchObject({ code: 20003, status: 401 });
    expect(statuses()).toEqual([401, 401]);
    expect(tokenCalls()).toBe(2);
    for (let read = 0; read < 5; read += 1) {
      expect(await failureOf(http.get(accountPath, scope()))).toMatchObject({ code: 20003 });
    }
    await Promise.all(Array.from({ length: 5 }, () => failureOf(http.get(accountPath, scope()))));
    expect(tokenCalls()).toBe(2);
    expect(statuses()).toHaveLength(12);
  });

  test('is tried with a fresh token again half a minute later', async () => {
    const { http, accountPath, tokenCalls, parent, pass, sandbox } = suspended();
    await failureOf(http.get(accountPath, scope()));
    pass(31_000);
    sandbox.accounts.parent.status = 'active';
    sandbox.revokeTokens();
    expect(await http.get(accountPath, scope())).toMatchObject({ sid: parent.sid });
    expect(tokenCalls()).toBe(3);
  });
});

describe("a refusal that is not the token's fault", () => {
  test.each([70051, 20003] as const)('of another account (%i) drops nothing', async (otherAccountCode) => {
    const { client, active, sandbox, statuses, tokenCalls } = twilioAt();
    sandbox.set({ otherAccountCode });
    const page = { name: null, pageSize: 20, filters: [] };
    const sid = `SM${'0'.repeat(32)}`;
    for (const read of [
      client.account(active.sid, scope()),
      client.message(active.sid, sid, scope()),
      client.messages(active.sid, page, scope()),
      client.media(active.sid, sid, page, scope()),
    ]) {
      expect(await failureOf(read)).toMatchObject({ code: otherAccountCode, status: 401 });
    }
    expect(statuses()).toEqual([401, 401, 401, 401]);
    expect(tokenCalls()).toBe(1);
  });

  test.each([401, 403] as const)('for a missing permission (%i) drops nothing', async (status) => {
    const { client, app, parent, sandbox, statuses, tokenCalls } = twilioAt();
    sandbox.set({ missingPermissionStatus: status });
    sandbox.setPermissions(app.clientId, []);
    expect(await failureOf(client.account(parent.sid, scope()))).toMatchObject({ code: 70051, status });
    expect(statuses()).toEqual([status]);
    expect(tokenCalls()).toBe(1);
  });
});
