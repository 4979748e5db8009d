import { describe, expect, test } from 'vitest';
import { accounts } from '../../../src/twilio/resources/accounts.ts';
import { media } from '../../../src/twilio/resources/media.ts';
import { messages } from '../../../src/twilio/resources/messages.ts';
import { failureOf, scope, twilioAt } from '../kit.ts';

describe('a rejected token', () => {
  test('is dropped, and the read is repeated once with a new one', async () => {
    const { readAccount, sandbox, parent, statuses, tokenCalls } = twilioAt();
    await readAccount();
    sandbox.revokeTokens();
    expect(await readAccount()).toMatchObject({ sid: parent.sid });
    expect(statuses()).toEqual([200, 401, 200]);
    expect(tokenCalls()).toBe(2);
  });

  test('is replaced once for all rejected reads', async () => {
    const { readAccount, sandbox, tokenCalls } = twilioAt();
    await readAccount();
    sandbox.revokeTokens();
    const reads = Array.from({ length: 20 }, () => readAccount());
    expect(await Promise.all(reads)).toHaveLength(20);
    expect(tokenCalls()).toBe(2);
  });

  test('is replaced each time, as long as the new one is accepted', async () => {
    const { readAccount, sandbox, tokenCalls } = twilioAt();
    for (let round = 0; round < 3; round += 1) {
      await readAccount();
      sandbox.revokeTokens();
    }
    await readAccount();
    expect(tokenCalls()).toBe(4);
  });

  test('that cannot be replaced results in the error of the token endpoint', async () => {
    const { readAccount, sandbox, statuses } = twilioAt();
    await readAccount();
    sandbox.revokeTokens();
    sandbox.set({ tokenThrottle: 1 });
    const error = await failureOf(readAccount());
    expect(error).toMatchObject({ name: 'TwilioError', source: 'oauth', code: 322401 });
    expect(statuses()).toEqual([200, 401]);
  });
});

describe('an account that rejects every token', () => {
  const suspended = () => {
    const twilio = twilioAt();
    twilio.sandbox.accounts.parent.status = 'suspended';
    return twilio;
  };

  test('causes two token requests, and no more for further reads', async () => {
    const { readAccount, tokenCalls, statuses } = suspended();
    expect(await failureOf(readAccount())).toMatchObject({ code: 20003, status: 401 });
    expect(statuses()).toEqual([401, 401]);
    expect(tokenCalls()).toBe(2);
    for (let read = 0; read < 5; read += 1) {
      expect(await failureOf(readAccount())).toMatchObject({ code: 20003 });
    }
    await Promise.all(Array.from({ length: 5 }, () => failureOf(readAccount())));
    expect(tokenCalls()).toBe(2);
    expect(statuses()).toHaveLength(12);
  });

  test('gets a new token again after half a minute', async () => {
    const { readAccount, tokenCalls, parent, pass, sandbox } = suspended();
    await failureOf(readAccount());
    pass(31_000);
    sandbox.accounts.parent.status = 'active';
    sandbox.revokeTokens();
    expect(await readAccount()).toMatchObject({ sid: parent.sid });
    expect(tokenCalls()).toBe(3);
  });
});

describe('a rejection not caused by the token', () => {
  test.each([70051, 20003] as const)('for another account (%i) drops nothing', async (otherAccountCode) => {
    const { client, active, sandbox, statuses, tokenCalls } = twilioAt();
    sandbox.set({ otherAccountCode });
    const page = { name: null, pageSize: 20, filters: [] };
    const sid = `SM${'0'.repeat(32)}`;
    for (const read of [
      client.read(accounts, { Sid: active.sid }, scope()),
      client.read(messages, { AccountSid: active.sid, Sid: sid }, scope()),
      client.list(messages, { AccountSid: active.sid }, page, scope()),
      client.list(media, { AccountSid: active.sid, MessageSid: sid }, page, scope()),
    ]) {
      expect(await failureOf(read)).toMatchObject({ code: otherAccountCode, status: 401 });
    }
    expect(statuses()).toEqual([401, 401, 401, 401]);
    expect(tokenCalls()).toBe(1);
  });

  test.each([401, 403] as const)('for a missing permission (%i) drops nothing', async (status) => {
    const { readAccount, app, sandbox, statuses, tokenCalls } = twilioAt();
    sandbox.set({ missingPermissionStatus: status });
    sandbox.setPermissions(app.clientId, []);
    expect(await failureOf(readAccount())).toMatchObject({ code: 70051, status });
    expect(statuses()).toEqual([status]);
    expect(tokenCalls()).toBe(1);
  });
});
