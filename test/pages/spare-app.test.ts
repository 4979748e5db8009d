import { expect, onTestFinished, test } from 'vitest';
import { runSandbox } from '../../src/run-sandbox.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { readDocument } from '../docs/markdown.ts';
import { openPage, typedIn } from './kit.ts';

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

test('the app is added, reviewed and approved, and a key for it reads its account', async () => {
  const kit = await openPage();
  const { spareApp } = kit.sandbox;
  const admin = await kit.admin();
  await admin.get('/credentials/add');
  const review = await admin.post('/credentials/check', typedIn(spareApp, 'spare'));
  expect(review.html).toContain('<h1>Review spare</h1>');
  expect(review.html).toContain(kit.sandbox.accounts.active.friendlyName);
  expect(review.html.match(/: granted</g)).toHaveLength(6);
  expect((await admin.post('/credentials/add', review.fields)).location).toBe('/credentials');
  const [, spare] = await kit.store.list();
  expect(spare).toMatchObject({ nickname: 'spare', clientId: spareApp.clientId });

  await admin.get('/credentials/keys/create');
  const typed = { name: 'case desk', role: 'READER', credential: spare?.id ?? '' };
  const { html } = await admin.post('/credentials/keys/create', typed);
  const token = /tgw_[\w-]+/.exec(html)?.[0];
  const { data } = await kit.query(
    '{ credentials { nickname } account { sid } }',
    {},
    { authorization: `Bearer ${token}` },
  );
  expect(data).toEqual({
    credentials: [{ nickname: 'spare' }],
    account: { sid: kit.sandbox.accounts.active.sid },
  });
});

test('a slow Twilio does not keep the page from showing: only the account name is missing', async () => {
  const kit = await openPage();
  const admin = await kit.admin();
  const name = `<dt>Account</dt><dd>${kit.sandbox.accounts.active.friendlyName}</dd>`;
  // With a token, which all later reads share.
  expect((await admin.get('/credentials')).html).toContain(name);
  kit.sandbox.set({ latencyMs: 4_000 });
  const slow = await admin.get('/credentials');
  expect(slow.status).toBe(200);
  expect(slow.html).toContain('sandbox-subaccount');
  expect(slow.html).not.toContain('<dt>Account</dt>');
  kit.sandbox.set({ latencyMs: 0 });
  expect((await admin.get('/credentials')).html).toContain(name);
});
