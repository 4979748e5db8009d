import { createToken, hashToken } from '../../src/auth/api-token.ts';
import type { HttpSettings } from '../../src/config/limits.ts';
import { type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import type { GraphQLResult, KitOptions } from '../kit.ts';
import { ADMIN_KEY, openSignIn } from '../sign-in/kit.ts';
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
  const kit = await openSignIn({
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
  /** Leaves the headers in `without` out. */
  const changed = (more: Record<string, string>, without: string[]) => ({
    ...more,
    ...Object.fromEntries(without.map((name) => [name, undefined])),
  });
  const post = (path: string, body: unknown, more: Record<string, string> = {}, without: string[] = []) =>
    visitor.send(path, body, changed(more, without));

  async function send(body: object, more?: Record<string, string>, without?: string[]) {
    const response = await post('/graphql', body, more, without);
    return { status: response.status, ...((await response.json()) as GraphQLResult) };
  }

  return {
    kit,
    visitor,
    token,
    keyId,
    post,
    send,
    /** Runs the document of the fixture's console. */
    run: (_name: 'viewer') => send({ documentId: VIEWER_ID }),
    exported: (body: unknown, more?: Record<string, string>, without?: string[]) =>
      post('/export/messages.csv', body, more, without),
  };
}
