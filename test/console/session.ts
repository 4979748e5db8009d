import { createToken, hashToken } from '../../src/auth/api-token.ts';
import type { HttpSettings } from '../../src/config/limits.ts';
import { type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import type { GraphQLResult, KitOptions } from '../kit.ts';
import { ADMIN_KEY, openPage } from '../pages/kit.ts';
import { VIEWER_ID } from './build.ts';

export interface SessionOptions {
  /** @default 'ADMIN' */
  role?: 'READER' | 'ADMIN';
  dateExpires?: Date;
  fieldPolicy?: Partial<FieldPolicy>;
  http?: HttpSettings;
  now?: () => number;
  /** Undefined opens the gateway. */
  adminKey?: string | undefined;
  config?: KitOptions['config'];
}

/** A gateway with a console, and a browser that signed in there with a new key. */
export async function openSession(options: SessionOptions = {}) {
  const { role = 'ADMIN', dateExpires = null, fieldPolicy, http, now, config } = options;
  const adminKey = 'adminKey' in options ? options.adminKey : ADMIN_KEY;
  const kit = await openPage({
    config: { adminKey, ...config, ...(http && { http }) },
    ...(now && { now }),
    withConsole: true,
  });
  const token = createToken();
  const { id: keyId } = await kit.store.addApiKey({
    name: `a ${role}`,
    role,
    tokenHash: hashToken(token),
    credentialIds: [],
    dateExpires,
    fieldPolicy: { ...SHOW_ALL, ...fieldPolicy },
  });
  const visitor = kit.visitor();
  await visitor.logIn(token);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '),
    'x-gateway-session': '1',
    'sec-fetch-site': 'same-origin',
    origin: 'http://localhost',
  };

  /** Sends JSON as the console does. */
  function post(path: string, body: unknown, more: Record<string, string> = {}, without: string[] = []) {
    const all = Object.entries({ ...headers, ...more }).filter(([name]) => !without.includes(name));
    return kit.gateway.fetch(`http://localhost${path}`, {
      method: 'POST',
      headers: Object.fromEntries(all),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async function send(body: object, more?: Record<string, string>, without?: string[]) {
    const response = await post('/graphql', body, more, without);
    return { status: response.status, ...((await response.json()) as GraphQLResult) };
  }

  return {
    kit,
    visitor,
    token,
    keyId,
    headers,
    post,
    send,
    /** Runs the document of the fixture's console. */
    run: (_name: 'viewer') => send({ documentId: VIEWER_ID }),
    exported: (body: unknown, more?: Record<string, string>, without?: string[]) =>
      post('/export/messages.csv', body, more, without),
  };
}
