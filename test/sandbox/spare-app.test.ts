import { expect, onTestFinished, test } from 'vitest';
import { runSandbox } from '../../src/run-sandbox.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { readDocument } from '../docs/markdown.ts';
import { noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

test('docs/sandbox.md and the sandbox alone name the app that can be added', async () => {
  const { clientId, clientSecret } = createSandbox().spareApp;
  const text = readDocument('docs/sandbox.md');
  expect(text).toContain(clientId);
  expect(text).toContain(clientSecret);
  const { promise, resolve } = Promise.withResolvers<void>();
  let printed = '';
  const running = runSandbox(
    { SANDBOX_PORT: '0' },
    (more) => (printed += more),
    () => promise,
  );
  onTestFinished(() => running);
  await expect.poll(() => printed).toContain(`client id      ${clientId}`);
  expect(printed).toContain(`client secret  ${clientSecret}`);
  resolve();
});

test('the app is reviewed and added, and a key for it reads its account', async () => {
  const kit = await createManagedKit();
  const { clientId, clientSecret } = kit.sandbox.spareApp;
  const { active } = kit.sandbox.accounts;
  const app = { nickname: 'spare', clientId, clientSecret };
  const CHECK =
    'mutation($input: CheckCredentialInput!) { checkCredential(input: $input) { accountFriendlyName permissions { granted } } }';
  const { data } = noErrors(await kit.admin(CHECK, { input: app }));
  expect(data.checkCredential).toEqual({
    accountFriendlyName: active.friendlyName,
    permissions: Array(6).fill({ granted: true }),
  });
  const ADD = 'mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }';
  const { id } = noErrors(await kit.admin(ADD, { input: app })).data.addCredential;
  const read = await kit.query('{ credentials { nickname } account { sid } }', {}, await kit.readerKey([id]));
  expect(noErrors(read).data).toEqual({ credentials: [{ nickname: 'spare' }], account: { sid: active.sid } });
});
