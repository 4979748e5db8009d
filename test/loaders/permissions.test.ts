import { describe, expect, test } from 'vitest';
import { allPermissions, permissionOf } from '../../src/twilio/resource.ts';
import '../../src/twilio/resources/accounts.ts';
import '../../src/twilio/resources/media.ts';
import '../../src/twilio/resources/usage-records.ts';
import { coded, failureOf, loadersAt } from './kit.ts';

const ALL = allPermissions().map(({ name }) => name);

async function grantedBy(...permissions: string[]) {
  const { own, permit } = await loadersAt();
  permit(...permissions);
  const checks = await own().permissions();
  expect(checks.map(({ permission }) => permission)).toEqual(ALL);
  return checks.filter(({ granted }) => granted).map(({ permission }) => permission);
}

describe('a probe', () => {
  test('finds all six permissions with one call each', async () => {
    const { own, apiPaths } = await loadersAt();
    expect((await own().permissions()).every(({ granted }) => granted)).toBe(true);
    expect(apiPaths()).toHaveLength(6);
  });

  test.each(ALL)('finds only %s missing', async (missing) => {
    const others = ALL.filter((permission) => permission !== missing);
    expect(await grantedBy(...others.map((permission) => permissionOf(permission).twilioName))).toEqual(
      others,
    );
  });

  test.each(ALL)('finds only %s granted', async (only) => {
    expect(await grantedBy(permissionOf(only).twilioName)).toEqual([only]);
  });

  test('lists the media of a message that does not exist, which only a permission of its own allows', async () => {
    const { own, apiPaths, permit } = await loadersAt();
    permit('/twilio/messaging/messages/*', '/twilio/iam/*', '/twilio/usage/*');
    const granted = Object.fromEntries(
      (await own().permissions()).map(({ permission, granted }) => [permission, granted]),
    );
    expect(granted).toEqual(Object.fromEntries(ALL.map((name) => [name, name !== 'MEDIA_LIST'])));
    expect(apiPaths().filter((path) => path.includes('/Media'))).toEqual([
      expect.stringContaining(`/Messages/SM${'0'.repeat(32)}/Media.json`),
    ]);
  });

  test('finds none if there is none, and supports wildcards', async () => {
    expect(await grantedBy()).toEqual([]);
    expect(await grantedBy('/twilio/messaging/*')).toEqual(['MESSAGES_READ', 'MESSAGES_LIST', 'MEDIA_LIST']);
  });

  test('runs once for any number of requests', async () => {
    const { own, apiPaths } = await loadersAt();
    const [one, two] = await Promise.all([own().permissions(), own().permissions()]);
    expect(two).toEqual(one);
    expect(await own().permissions()).toEqual(one);
    expect(apiPaths()).toHaveLength(6);
  });

  test('that failed is an error instead of a missing permission, and is repeated', async () => {
    const { own, sandbox } = await loadersAt();
    sandbox.set({ fail503: 1, faultPath: '/Messages.json' });
    expect(await failureOf(own().permissions())).toMatchObject(coded('TWILIO_UNAVAILABLE'));
    sandbox.set({ fail503: 0 });
    expect((await own().permissions()).every(({ granted }) => granted)).toBe(true);
  });

  test('of a suspended account reports the refused credential', async () => {
    for (const inactiveAccountCode of [20003, 20403] as const) {
      const { own, sandbox } = await loadersAt({ switches: { inactiveAccountCode } });
      sandbox.accounts.parent.status = 'suspended';
      expect(await failureOf(own().permissions())).toMatchObject(coded('CREDENTIAL_REFUSED'));
    }
  });

  test('does not fail for one client because another one disconnected', async () => {
    const { own, sandbox } = await loadersAt();
    sandbox.set({ latencyMs: 50 });
    const controller = new AbortController();
    const reason = new Error('the first client went away');
    const first = failureOf(own({ signal: controller.signal }).permissions());
    const second = own().permissions();
    setTimeout(() => controller.abort(reason), 70);
    expect(await first).toBe(reason);
    expect((await second).every(({ granted }) => granted)).toBe(true);
  });
});
