import { createReadStream } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import Provider from 'oidc-provider';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { openBrowser } from '../console/chromium.ts';
import { createKit } from '../kit.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};
const AUDIENCE = 'https://gateway.example.com';

async function serve(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener).listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}

/** The example's files, and the packages its import map names. */
async function serveApp(settings: () => object) {
  return serve((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/settings.json') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(settings()));
      return;
    }
    const file = path.startsWith('/node_modules/') ? `.${path}` : `examples/browser${path}`;
    const type = TYPES[extname(path)] ?? 'text/plain';
    createReadStream(file)
      .on('error', () => response.writeHead(404).end())
      .on('open', () => response.setHeader('content-type', type))
      .pipe(response);
  });
}

/** An issuer with its own sign-in pages, which accept any name and password. */
async function startProvider(appUrl: string, credentials: readonly string[]) {
  let provider: Provider | undefined;
  const { url } = await serve((request, response) => void provider?.callback()(request, response));
  provider = new Provider(url, {
    clients: [
      {
        client_id: 'messages-app',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${appUrl}/index.html`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    clientBasedCORS: () => true,
    features: {
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({
      twilio_gateway_role: 'READER',
      twilio_gateway_credentials: credentials,
    }),
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  return url;
}

async function signIn(credentials: readonly string[], { allowed = true } = {}) {
  let settings: object = {};
  const app = await serveApp(() => settings);
  const issuer = await startProvider(app.url, credentials);
  const oidc = {
    issuer,
    audience: AUDIENCE,
    roleClaim: 'twilio_gateway_role',
    credentialsClaim: 'twilio_gateway_credentials',
  };
  const { gateway } = createKit({
    config: { oidc, http: { ...DEFAULT_HTTP, allowedOrigins: allowed ? [app.url] : [] } },
  });
  const { url } = await serve(gateway.handle);
  settings = { gateway: url, issuer, clientId: 'messages-app', audience: AUDIENCE };

  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${app.url}/index.html`);
  await page.click('#sign-in');
  await page.fill('input[name=login]', 'anna');
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.click('button[type=submit]');
  await page.waitForURL(`${app.url}/index.html`);
  await page.waitForSelector('#messages li, #problem:not(:empty)');
  return page;
}

test('a user of a single-page app signs in with a provider and reads messages', async () => {
  const page = await signIn(['sandbox']);
  expect(await page.textContent('#problem')).toBe('');
  const sids = await page.$$eval('#messages li', (items) => items.map((item) => item.dataset.sid));
  expect(sids).toHaveLength(10);
  // Neither the code nor the token is in the address.
  expect(page.url()).toMatch(/\/index\.html$/);
}, 60_000);

test('a user without a credential sees what is missing', async () => {
  const page = await signIn([]);
  expect(await page.textContent('#problem')).toContain('You may not use any credential.');
}, 60_000);

test('an app of an origin that is not allowed gets nothing', async () => {
  const page = await signIn(['sandbox'], { allowed: false });
  expect(await page.textContent('#problem')).toBe('Failed to fetch');
  expect(await page.$$('#messages li')).toHaveLength(0);
}, 60_000);
