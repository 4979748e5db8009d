import { describe, expect, onTestFinished, test } from 'vitest';
import type { KitOptions } from '../kit.ts';
import { openSignIn } from '../sign-in/kit.ts';
import type { Visitor } from '../sign-in/visitor.ts';
import { VIEWER_ID } from './build.ts';
import { openTab, useBrowser } from './chromium.ts';
import { openConsole } from './gateway.ts';
import { consentAt, startProvider } from './provider.ts';

const BACK = 'http://localhost/login/callback';
const MINUTE = 60_000;

interface Options {
  claims?: Readonly<Record<string, unknown>>;
  now?: () => number;
  config?: KitOptions['config'];
}

const settingsFor = (issuer: string) => ({
  oidc: {
    issuer,
    audience: 'gateway',
    roleClaim: 'twilio_gateway_role',
    credentialsClaim: 'twilio_gateway_credentials',
  },
  signIn: {
    clientId: 'console',
    clientSecret: 'planted-client-secret',
    scope: 'openid',
    sessionMs: 60 * MINUTE,
  },
});

async function open({ claims, now, config }: Options = {}) {
  const provider = await startProvider(BACK, claims);
  const signIn = {
    clientId: 'console',
    clientSecret: 'planted-client-secret',
    scope: 'openid',
    sessionMs: 60 * MINUTE,
  };
  const oidc = {
    issuer: provider.issuer,
    audience: 'gateway',
    roleClaim: 'twilio_gateway_role',
    credentialsClaim: 'twilio_gateway_credentials',
  };
  const kit = await openSignIn({
    withConsole: true,
    config: { oidc, signIn, ...config },
    ...(now && { now }),
  });

  /** Starts a sign-in and returns the address at the provider. */
  async function begin(visitor: Visitor, next = '/messages'): Promise<string> {
    await visitor.get(`/login?${new URLSearchParams({ next })}`);
    const { status, location } = await visitor.get(`/login/oidc?${new URLSearchParams({ next })}`);
    expect(status).toBe(303);
    return location ?? '';
  }

  async function signedIn(next?: string): Promise<Visitor> {
    const visitor = kit.visitor();
    const back = await consentAt(await begin(visitor, next), BACK);
    expect(await visitor.get(back.pathname + back.search)).toMatchObject({ status: 303 });
    return visitor;
  }

  async function run(visitor: Visitor, body: object = { documentId: VIEWER_ID }) {
    const response = await visitor.send('/graphql', body);
    return { status: response.status, ...((await response.json()) as { data?: Record<string, unknown> }) };
  }
  return { kit, provider, begin, signedIn, run };
}

const ADMIN = { twilio_gateway_role: 'ADMIN' };

describe('a person signs in with an identity provider', () => {
  test('by the authorization code flow with PKCE, state and nonce', async () => {
    const { kit, provider, begin, run } = await open({ claims: ADMIN });
    const visitor = kit.visitor();
    const { html } = await visitor.get('/login?next=/messages');
    expect(html).toContain(`Sign in with ${new URL(provider.issuer).host}`);
    const start = new URL(await begin(visitor));
    expect(Object.fromEntries(start.searchParams)).toMatchObject({
      client_id: 'console',
      response_type: 'code',
      redirect_uri: BACK,
      scope: 'openid',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const back = await consentAt(start.href, BACK);
    const landed = await visitor.get(back.pathname + back.search, { 'sec-fetch-site': 'cross-site' });
    expect(landed).toMatchObject({ status: 303, location: '/messages' });
    expect([...visitor.jar.keys()]).toEqual(['tgw_session']);
    expect(await run(visitor)).toMatchObject({
      status: 200,
      data: { viewer: { name: 'anna', role: 'ADMIN' } },
    });
    // Neither the browser nor the log gets tokens, the code or the secret.
    const code = back.searchParams.get('code') ?? 'none';
    expect(visitor.received()).not.toMatch(/planted-client-secret|id_token|eyJ/);
    expect(kit.lines.join('')).not.toMatch(new RegExp(`planted-client-secret|eyJ|${code}`));
    expect(kit.lines.join('')).toContain('"audit":"page.login","actor":"anna"');
  });

  test('with the credentials and the field policy of the claims; without a role as READER', async () => {
    const { signedIn, run } = await open({
      claims: {
        twilio_gateway_credentials: ['sandbox-subaccount'],
        twilio_gateway_field_policy: { bodies: 'HIDDEN' },
      },
    });
    const visitor = await signedIn();
    const query = '{ viewer { role credentials { nickname } fieldPolicy { bodies } } }';
    expect((await run(visitor, { query })).data?.viewer).toEqual({
      role: 'READER',
      credentials: [{ nickname: 'sandbox-subaccount' }],
      fieldPolicy: { bodies: 'HIDDEN' },
    });
    expect(await run(visitor, { query: '{ apiKeys { id } }' })).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('until the session ends: by signing out, on every gateway, or after its time', async () => {
    let at = Date.now();
    const { kit, signedIn, run } = await open({ claims: ADMIN, now: () => at });
    const visitor = await signedIn();
    const copy = kit.visitor().stealFrom(visitor);
    expect((await run(copy)).status).toBe(200);
    expect((await visitor.post('/logout')).status).toBe(303);
    expect((await run(copy)).status).toBe(401);

    const other = await signedIn();
    at += 59 * MINUTE;
    expect((await run(other)).status).toBe(200);
    at += 2 * MINUTE;
    expect((await run(other)).status).toBe(401);
  });

  test('and goes nowhere else afterwards', async () => {
    const { kit, begin } = await open({ claims: ADMIN });
    const visitor = kit.visitor();
    const back = await consentAt(await begin(visitor, '//evil.example/'), BACK);
    expect(await visitor.get(back.pathname + back.search)).toMatchObject({ status: 303, location: '/' });
  });
});

describe('a sign-in is rejected', () => {
  test('in a browser that did not start it, and a second time', async () => {
    const { kit, begin, run } = await open({ claims: ADMIN });
    const [attacker, victim] = [kit.visitor(), kit.visitor()];
    const back = await consentAt(await begin(attacker), BACK);
    await begin(victim);
    for (const visitor of [victim, kit.visitor()]) {
      const { status, html } = await visitor.get(back.pathname + back.search);
      expect(status).toBe(403);
      expect(html).toContain('<h1>Sign in</h1>');
      expect((await run(visitor)).status).toBe(401);
    }
    expect((await attacker.get(back.pathname + back.search)).status).toBe(303);
    const again = await attacker.get(back.pathname + back.search);
    expect([again.status, again.html]).toEqual([403, expect.stringContaining('not started in this browser')]);
  });

  test('with the state, code or issuer of another one', async () => {
    const { kit, begin, run } = await open({ claims: ADMIN });
    for (const [name, value] of [
      ['state', 'other'],
      ['code', 'other'],
      ['iss', 'https://evil.example'],
    ] as const) {
      const visitor = kit.visitor();
      const back = await consentAt(await begin(visitor), BACK);
      back.searchParams.set(name, value);
      const { status, html } = await visitor.get(back.pathname + back.search);
      expect([name, status, html]).toEqual([
        name,
        403,
        expect.stringContaining('did not succeed. Try again.'),
      ]);
      expect((await run(visitor)).status).toBe(401);
    }
  });

  test('where the person goes back', async () => {
    const { kit, begin } = await open();
    const visitor = kit.visitor();
    const back = await consentAt(await begin(visitor), BACK, { allow: false });
    const { status, html } = await visitor.get(back.pathname + back.search);
    expect([status, html]).toEqual([403, expect.stringContaining('did not let you sign in.')]);
  });

  test('while the provider is away, with a page that says so', async () => {
    const { kit, provider } = await open();
    provider.close();
    const { status, html } = await kit.visitor().get('/login/oidc');
    expect(status).toBe(503);
    expect(html).toContain('Not available now');
  });

  test('where its claims are too many for a cookie', async () => {
    const nicknames = Array.from({ length: 300 }, (_, index) => `credential-${index}`);
    const { kit, begin } = await open({ claims: { twilio_gateway_credentials: nicknames } });
    const visitor = kit.visitor();
    const back = await consentAt(await begin(visitor), BACK);
    const { status, html } = await visitor.get(back.pathname + back.search);
    expect([status, html]).toEqual([403, expect.stringContaining('Name fewer credentials')]);
  });
});

test('without OIDC_CLIENT_ID this sign-in is not offered', async () => {
  const { kit } = await open({ config: { signIn: undefined } });
  expect((await kit.visitor().get('/login')).html).not.toContain('/login/oidc');
  expect((await kit.visitor().get('/login/oidc')).status).toBe(404);
});

const browser = useBrowser();

test('the screen is as it was after the sign-in, and no server has seen its filters', {
  timeout: 60_000,
}, async () => {
  let url = '';
  const provider = await startProvider(() => `${url}/login/callback`, ADMIN);
  const gateway = await openConsole({ config: settingsFor(provider.issuer) });
  onTestFinished(gateway.close);
  url = gateway.url;
  // No session at first, and the font and icon of the provider's pages.
  const expected = /Failed to load resource/;
  const fragment = '#with=+12125550123&range=30d&zone=Asia/Kolkata';
  const page = await openTab(browser(), `${url}/messages${fragment}`, { expected });
  const sent: string[] = [];
  page.context().on('request', (request) => sent.push(request.url(), JSON.stringify(request.headers())));
  await page.getByRole('link', { name: 'Another way…' }).click();
  await page.getByRole('link', { name: /^Sign in with / }).click();
  await page.getByPlaceholder('Enter any login').fill('anna');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Person: +12125550123' }).waitFor();
  expect(page.url()).toBe(`${url}/messages${fragment}`);
  expect(await page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);
  expect(sent.length).toBeGreaterThan(5);
  for (const text of [...sent.filter((one) => !one.includes('#')), ...provider.requests, ...gateway.lines]) {
    expect(text).not.toContain('2125550123');
  }
});
