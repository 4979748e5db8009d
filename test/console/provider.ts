import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { onTestFinished } from 'vitest';

/** An identity provider with its own sign-in pages, which accept any name and password. */
export async function startProvider(
  redirectUri: string | (() => string),
  claims: Readonly<Record<string, unknown>> = {},
): Promise<{ issuer: string; requests: string[]; close(): void }> {
  const requests: string[] = [];
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    provider ??= create();
    void provider.callback()(request, response);
  }).listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  // When it is first asked: the port of the gateway may not be known before.
  const create = () =>
    new Provider(issuer, {
      clients: [
        {
          client_id: 'console',
          client_secret: 'planted-client-secret',
          redirect_uris: [typeof redirectUri === 'string' ? redirectUri : redirectUri()],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ['sub', ...Object.keys(claims)] },
      conformIdTokenClaims: false,
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
    });
  return { issuer, requests, close };
}

/**
 * Does at the provider what a person does: signs in and consents, or goes back.
 *
 * @returns the address to which the provider redirects
 */
export async function consentAt(start: string, back: string, { allow = true } = {}): Promise<URL> {
  const jar = new Map<string, string>();
  let next = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: form }),
    });
    form = undefined;
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location) {
      next = new URL(location, next).href;
      if (next.startsWith(back)) return new URL(next);
      continue;
    }
    const html = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? '';
    if (!allow) next = new URL(/href="([^"]*\/abort)"/.exec(html)?.[1] ?? '', next).href;
    else form = new URLSearchParams({ prompt, login: 'anna', password: 'any' });
  }
  throw new Error('the provider did not redirect back');
}
