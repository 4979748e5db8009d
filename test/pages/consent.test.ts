import { describe, expect, test } from 'vitest';
import { openPage, type PageKit } from './kit.ts';
import type { Visitor } from './visitor.ts';

const CALLBACK = 'http://localhost/oauth/callback';

async function open() {
  const kit = await openPage();
  const app = kit.sandbox.addOrganizationApp({
    accountSid: kit.sandbox.accounts.parent.sid,
    redirectUris: [CALLBACK],
  });
  return { kit, app };
}

/** Sends the form and decides at Twilio's consent page; returns the path of the redirect back. */
async function goToTwilio(
  { kit, app }: Awaited<ReturnType<typeof open>>,
  visitor: Visitor,
  decision = 'allow',
): Promise<string> {
  await visitor.get('/credentials/connect');
  const { clientId, clientSecret } = app;
  const start = await visitor.post('/oauth/start', { nickname: 'organization', clientId, clientSecret });
  expect(start.status).toBe(303);
  expect(start.headers.get('referrer-policy')).toBe('no-referrer');
  const url = new URL(start.location ?? '');
  expect(url.origin).toBe('https://oauth.twilio.com');
  expect(url.searchParams.get('redirect_uri')).toBe(CALLBACK);
  const body = new URLSearchParams([...url.searchParams, ['decision', decision]]);
  const response = await kit.sandbox.fetch('/v2/authorize', { method: 'POST', body });
  const back = new URL(response.headers.get('location') ?? '');
  return back.pathname + back.search;
}

/** Follows Twilio's redirect. */
async function comeBack(visitor: Visitor, path: string) {
  const landed = await visitor.get(path, { 'sec-fetch-site': 'cross-site' });
  expect(landed).toMatchObject({ status: 303, location: '/credentials', html: '' });
  expect(landed.headers.get('referrer-policy')).toBe('no-referrer');
  return visitor.get('/credentials', { 'sec-fetch-site': 'cross-site' });
}

const nicknames = async ({ store }: PageKit) => (await store.list()).map(({ nickname }) => nickname);

describe('consent', () => {
  test('redirects to Twilio and back, and creates a credential', async () => {
    const opened = await open();
    const admin = await opened.kit.admin();
    const path = await goToTwilio(opened, admin);
    const { html } = await comeBack(admin, path);
    expect(html).toContain('&quot;organization&quot; was connected.');
    expect(html).toContain('organization app (consent)');
    expect(admin.received()).not.toContain(opened.app.clientSecret);
    // A code is valid once, and so is the state.
    expect((await comeBack(admin, path)).html).toContain('not started in this browser');
  });

  test('reports a denied consent', async () => {
    const opened = await open();
    const admin = await opened.kit.admin();
    const { html } = await comeBack(admin, await goToTwilio(opened, admin, 'deny'));
    expect(html).toContain('class="problem" role="alert"');
    expect(await nicknames(opened.kit)).toEqual(['sandbox-subaccount']);
  });

  test('started by another browser is rejected', async () => {
    const opened = await open();
    const [admin, other] = [await opened.kit.admin(), await opened.kit.admin()];
    const path = await goToTwilio(opened, other);
    expect((await comeBack(admin, path)).html).toContain('not started in this browser');
    await goToTwilio(opened, admin);
    expect((await comeBack(admin, path)).html).toContain('not started in this browser');
    expect(await nicknames(opened.kit)).toEqual(['sandbox-subaccount']);
    // The browser that started it can still finish.
    await comeBack(other, path);
    expect(await nicknames(opened.kit)).toContain('organization');
  });

  test('without a session ends at the login and creates nothing', async () => {
    const opened = await open();
    const path = await goToTwilio(opened, await opened.kit.admin());
    const { status, html } = await comeBack(opened.kit.visitor(), path);
    expect(status).toBe(401);
    expect(html).toContain('<h1>Sign in</h1>');
    expect(html).toContain('Sign in and connect the app again.');
    expect(await nicknames(opened.kit)).toEqual(['sandbox-subaccount']);
  });

  test('with a wrong client id returns to the form', async () => {
    const { kit } = await open();
    const admin = await kit.admin();
    await admin.get('/credentials/connect');
    const typed = { nickname: 'organization', clientId: 'OQ1', clientSecret: 'x'.repeat(20) };
    const { status, html } = await admin.post('/oauth/start', typed);
    expect(status).toBe(422);
    expect(html).toContain('id="clientId-wrong"');
    expect(html).not.toContain(typed.clientSecret);
  });
});
