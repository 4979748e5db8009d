import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Sandbox, SandboxOrganizationApp } from '../../src/sandbox/sandbox.ts';
import { at, requestToken, sandboxKit } from './kit.ts';

export const CALLBACK = 'http://localhost:4000/oauth/callback';
export const VERIFIER = 'a-verifier-of-forty-three-characters-or-more';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface TokenResponse {
  access_token: string;
  id_token: null;
  token_type: string;
  expires_in: number;
  refresh_token: string | null;
}

/** Overrides of parameters; undefined omits one. */
export type Change = Readonly<Record<string, string | undefined>>;

/** Creates a sandbox with its organization app and the steps of the grant, as by a gateway and a browser. */
export function organizationKit(options: Parameters<typeof sandboxKit>[0] = {}) {
  const kit = sandboxKit(options);
  const { sandbox } = kit;
  const app = at(sandbox.organizationApps, 0);

  const exchange = (code: string, change: Change = {}) =>
    requestToken(
      sandbox,
      given({
        grant_type: 'authorization_code',
        client_id: app.clientId,
        client_secret: app.clientSecret,
        redirect_uri: CALLBACK,
        code,
        code_verifier: VERIFIER,
        ...change,
      }),
    );
  const refresh = (token: string, change: Change = {}) =>
    requestToken(
      sandbox,
      given({
        grant_type: 'refresh_token',
        client_id: app.clientId,
        client_secret: app.clientSecret,
        refresh_token: token,
        ...change,
      }),
    );
  const allow = async (change: Change = {}) =>
    codeOf(await decide(sandbox, authorizePath(app, change), 'allow'));

  return {
    ...kit,
    app,
    exchange,
    refresh,
    /** Allows the app at the consent page. Returns the code. */
    allow,
    /** Runs the whole grant. Returns the first tokens. */
    async connect(): Promise<{ access: string; refresh: string; code: string }> {
      const code = await allow();
      const tokens = await tokensOf(await exchange(code));
      return { code, ...tokens };
    },
  };
}

export function authorizePath({ clientId }: SandboxOrganizationApp, change: Change = {}): string {
  const query = given({
    client_id: clientId,
    response_type: 'code',
    scope: 'offline_access',
    redirect_uri: CALLBACK,
    state: 'the-state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...change,
  });
  return `/v2/authorize?${new URLSearchParams(query)}`;
}

/** Opens the consent page at `path` and presses one of its buttons, like a browser. */
export async function decide(sandbox: Sandbox, path: string, decision: string): Promise<Response> {
  const page = await (await sandbox.fetch(path)).text();
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const form = fields.map(([, name, value]) => [unescaped(name), unescaped(value)]);
  return postForm(sandbox, [...form, ['decision', decision]]);
}

export function postForm(sandbox: Sandbox, form: string[][] | Record<string, string>): Promise<Response> {
  return sandbox.fetch('/v2/authorize', { method: 'POST', body: new URLSearchParams(form) });
}

function codeOf(response: Response): string {
  const code = locationOf(response).searchParams.get('code');
  if (!code) throw new Error(`no code at ${response.headers.get('location')}`);
  return code;
}

export function locationOf(response: Response): URL {
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '');
}

export async function tokensOf(response: Response): Promise<{ access: string; refresh: string }> {
  expect(response.status).toBe(200);
  const { access_token, refresh_token } = (await response.json()) as TokenResponse;
  return { access: `Bearer ${access_token}`, refresh: refresh_token ?? '' };
}

function given(parameters: Change): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function unescaped(text = ''): string {
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (entity) => entities[entity as keyof typeof entities]);
}
