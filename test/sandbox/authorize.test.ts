import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import {
  authorizePath,
  CALLBACK,
  type Change,
  decide,
  locationOf,
  organizationKit,
  postForm,
} from './consent-kit.ts';

const SCRIPT = `"><script>alert('x')</script>&`;

describe('organization apps', () => {
  test('are separate from account apps, and deterministic', () => {
    const { sandbox, app, parent } = organizationKit();
    expect(sandbox.apps).toHaveLength(2);
    expect(sandbox.organizationApps).toHaveLength(1);
    expect(app).toMatchObject({
      nickname: 'sandbox-organization',
      accountSid: parent.sid,
      clientId: expect.stringMatching(/^OQ[0-9a-f]{32}$/),
      clientSecret: expect.stringMatching(/^[\w-]{64}$/),
      redirectUris: [CALLBACK, 'http://127.0.0.1:4000/oauth/callback'],
    });
    expect(organizationKit().app).toEqual(app);
    expect(createSandbox({ seed: 2, messages: 0 }).organizationApps[0]?.clientId).not.toBe(app.clientId);
  });

  test('can be added for an existing account', () => {
    const { sandbox, active } = organizationKit();
    const redirectUris = ['https://example.com/back?a=1'];
    const app = sandbox.addOrganizationApp({
      accountSid: active.sid,
      redirectUris,
      permissions: ['/twilio/*'],
    });
    expect(app).toMatchObject({ accountSid: active.sid, redirectUris, permissions: ['/twilio/*'] });
    expect(sandbox.organizationApps).toContain(app);
    expect(sandbox.apps).toHaveLength(2);
    const nowhere = { accountSid: `AC${'0'.repeat(32)}`, redirectUris };
    expect(() => sandbox.addOrganizationApp(nowhere)).toThrow('has no account');
  });

  test.each([
    ['javascript:alert(1)'],
    ['/oauth/callback'],
    ['http://localhost:4000/#x'],
    ["http://a;script-src'*'/"],
    ['http://user:x@localhost/'],
    ['http://localhost:4000/\r\nx'],
    ['http://localhost:99999/'],
  ])('cannot redirect to %j', (uri) => {
    const { sandbox, app } = organizationKit();
    expect(() => sandbox.allowRedirect(app.clientId, uri)).toThrow('A redirect URI must be');
    expect(app.redirectUris).toHaveLength(2);
  });

  test('redirect to a URI registered later, and preserve its query', async () => {
    const { sandbox, app, parentApp } = organizationKit();
    const uri = 'http://[::1]:5000/back?a=b%20c';
    const path = authorizePath(app, { redirect_uri: uri });
    expect((await sandbox.fetch(path)).status).toBe(400);
    sandbox.allowRedirect(app.clientId, uri);
    const response = await decide(sandbox, path, 'allow');
    expect(response.headers.get('location')).toMatch(
      /^http:\/\/\[::1\]:5000\/back\?a=b%20c&code=[\w.-]+&state=the-state$/,
    );
    expect(() => sandbox.allowRedirect(parentApp.clientId, uri)).toThrow('has no such OAuth app');
  });
});

describe('the consent page', () => {
  test('shows the app, the account and two buttons', async () => {
    const { sandbox, app, parent } = organizationKit();
    const page = await (await sandbox.fetch(authorizePath(app))).text();
    for (const text of [
      'sandbox-organization',
      app.clientId,
      parent.friendlyName,
      parent.sid,
      'localhost:4000',
    ]) {
      expect(page).toContain(text);
    }
    expect(page.match(/<button [^>]*>[^<]*/g)).toEqual([
      '<button type="submit" name="decision" value="allow">Allow',
      '<button type="submit" name="decision" value="deny">Deny',
    ]);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(page).not.toContain('<script');
    expect(page).not.toContain(app.clientSecret);
  });

  test('has headers that forbid loading, framing, caching and foreign form targets', async () => {
    const { sandbox, app } = organizationKit();
    const { headers } = await sandbox.fetch(authorizePath(app));
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self' http:\/\/localhost:4000; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test.each([['state'], ['scope'], ['code_challenge']])('escapes %s', async (name) => {
    const { sandbox, app } = organizationKit();
    const method = name === 'code_challenge' ? { code_challenge_method: 'S256' } : {};
    const response = await sandbox.fetch(authorizePath(app, { ...method, [name]: SCRIPT }));
    const page = await response.text();
    expect(page).not.toContain('<script');
    // An invalid challenge is rejected before the page.
    if (name === 'code_challenge')
      expect(locationOf(response).searchParams.get('error')).toBe('invalid_request');
    else expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"');
  });

  test('escapes the names of the app, the account and the permissions', async () => {
    const { sandbox } = organizationKit();
    const { sid } = sandbox.addAccount({ friendlyName: SCRIPT });
    const app = sandbox.addOrganizationApp({
      accountSid: sid,
      nickname: SCRIPT,
      redirectUris: [CALLBACK],
      permissions: [SCRIPT],
    });
    const page = await (await sandbox.fetch(authorizePath(app))).text();
    expect(page).not.toContain('<script');
    expect(page.split('&lt;script&gt;')).toHaveLength(1 + 5);
  });
});

describe('invalid requests show an error and do not redirect:', () => {
  const { sandbox, app, parentApp } = organizationKit();
  test.each<[string, Change, string]>([
    ['an unknown app', { client_id: `OQ${'0'.repeat(32)}` }, 'Unknown app'],
    ['an account app', { client_id: parentApp.clientId }, 'Unknown app'],
    ['no app', { client_id: undefined }, 'Unknown app'],
    ['a script as the app', { client_id: SCRIPT }, 'Unknown app'],
    ['another redirect URI', { redirect_uri: 'https://evil.example/' }, 'Unknown redirect address'],
    ['no redirect URI', { redirect_uri: undefined }, 'Unknown redirect address'],
    ['a longer redirect URI', { redirect_uri: `${CALLBACK}/x` }, 'Unknown redirect address'],
    ['a redirect URI with a query', { redirect_uri: `${CALLBACK}?x` }, 'Unknown redirect address'],
    ['another case', { redirect_uri: CALLBACK.toUpperCase() }, 'Unknown redirect address'],
    ['a script as the redirect URI', { redirect_uri: SCRIPT }, 'Unknown redirect address'],
  ])('%s', async (_, change, title) => {
    const path = authorizePath(app, change);
    const form = [...new URLSearchParams(path.split('?')[1])];
    for (const response of [
      await sandbox.fetch(path),
      await postForm(sandbox, [...form, ['decision', 'allow']]),
      await postForm(sandbox, [...form, ['decision', 'deny']]),
    ]) {
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(response.headers.get('content-security-policy')).toContain("form-action 'self';");
      const page = await response.text();
      expect(page).toContain(`<h1>${title}</h1>`);
      expect(page).not.toMatch(/<script|<form|<a /);
    }
  });

  test('a form without a decision, JSON, and PUT are rejected', async () => {
    const form = [...new URLSearchParams(authorizePath(app).split('?')[1])];
    for (const body of [form, [...form, ['decision', SCRIPT]]]) {
      const response = await postForm(sandbox, body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('<script');
    }
    const json = await sandbox.fetch('/v2/authorize', { method: 'POST', body: '{}' });
    expect(json.status).toBe(400);
    expect((await sandbox.fetch(authorizePath(app), { method: 'PUT' })).status).toBe(405);
  });
});

describe('the redirect', () => {
  const { sandbox, app } = organizationKit();

  test('has a code and the exact state', async () => {
    const state = `${SCRIPT} +%20ü\r\nLocation: x`;
    const url = locationOf(await decide(sandbox, authorizePath(app, { state }), 'allow'));
    expect(url.origin + url.pathname).toBe(CALLBACK);
    expect([...url.searchParams.keys()]).toEqual(['code', 'state']);
    // Browsers submit line breaks of a form as CRLF, as in this state.
    expect(url.searchParams.get('state')).toBe(state);
  });

  test('has no state when the request had none', async () => {
    const url = locationOf(await decide(sandbox, authorizePath(app, { state: undefined }), 'allow'));
    expect([...url.searchParams.keys()]).toEqual(['code']);
  });

  test.each<[string, string, Change, string]>([
    ['a denial', 'deny', {}, 'access_denied'],
    ['another response type', 'allow', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', 'allow', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without a method', 'allow', { code_challenge_method: undefined }, 'invalid_request'],
    ['a method without a challenge', 'allow', { code_challenge: undefined }, 'invalid_request'],
    ['a malformed challenge', 'allow', { code_challenge: 'short' }, 'invalid_request'],
  ])('has an error after %s', async (_, decision, change, error) => {
    const form = [...new URLSearchParams(authorizePath(app, change).split('?')[1])];
    const url = locationOf(await postForm(sandbox, [...form, ['decision', decision]]));
    expect(url.origin + url.pathname).toBe(CALLBACK);
    expect([...url.searchParams]).toEqual([
      ['error', error],
      ['state', 'the-state'],
    ]);
  });
});
