import type { Seed } from './random.ts';
import type { NewApp, NewOrganizationApp, SandboxOAuthApp, SandboxOrganizationApp } from './types.ts';

/** What an app of the sandbox may do unless told otherwise. */
export const DEFAULT_PERMISSIONS: readonly string[] = [
  '/twilio/messaging/messages/read',
  '/twilio/messaging/messages/list',
  '/twilio/messaging/media/list',
  '/twilio/iam/accounts/read',
  '/twilio/iam/accounts/list',
];
/**
 * Web addresses only, and only characters that mean nothing in a Content-Security-Policy before the path:
 * the consent page names the origin there.
 */
const REDIRECT_URI = /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?(?:[/?][^#\s]*)?$/i;

/** The apps of both kinds: account apps use client credentials, organization apps the authorization code. */
export interface OAuthApps {
  readonly accountApps: readonly SandboxOAuthApp[];
  readonly organizationApps: readonly SandboxOrganizationApp[];
  add(app: NewApp): SandboxOAuthApp;
  addOrganization(app: NewOrganizationApp): SandboxOrganizationApp;
  /** An app of either kind. */
  find(clientId: string): SandboxOAuthApp | undefined;
  findOrganization(clientId: string): SandboxOrganizationApp | undefined;
  /** The client ids of all apps, or the one given; throws when there is no such app. */
  ids(clientId?: string): string[];
  allowRedirect(clientId: string, uri: string): void;
  setPermissions(clientId: string, permissions: readonly string[]): void;
  rotateSecret(clientId: string): string;
}

/** An app as kept here: the secret, the permissions and the redirect URIs change over its life. */
interface KeptApp extends SandboxOAuthApp {
  clientSecret: string;
  permissions: readonly string[];
}

interface KeptOrganizationApp extends KeptApp {
  redirectUris: readonly string[];
}

export function createOAuthApps(seed: Seed): OAuthApps {
  const accountApps: KeptApp[] = [];
  const organizationApps: KeptOrganizationApp[] = [];
  let rotations = 0;

  const secret = (label: string) =>
    Buffer.concat([seed.bytes(`secret-a:${label}`), seed.bytes(`secret-b:${label}`)])
      .toString('base64url')
      .slice(0, 64);
  const make = (label: string, app: NewApp): KeptApp => ({
    nickname: app.nickname ?? label,
    accountSid: app.accountSid,
    clientId: seed.sid('OQ', label),
    clientSecret: secret(label),
    permissions: [...(app.permissions ?? DEFAULT_PERMISSIONS)],
  });
  const find = (clientId: string) =>
    [...accountApps, ...organizationApps].find((app) => app.clientId === clientId);
  const findOrganization = (clientId: string) => organizationApps.find((app) => app.clientId === clientId);

  return {
    accountApps,
    organizationApps,
    find,
    findOrganization,
    add(app) {
      const made = make(`app-${accountApps.length}`, app);
      accountApps.push(made);
      return made;
    },
    addOrganization(app) {
      const redirectUris = app.redirectUris.map(redirectUri);
      const made = { ...make(`organization-app-${organizationApps.length}`, app), redirectUris };
      organizationApps.push(made);
      return made;
    },
    ids(clientId) {
      return clientId === undefined
        ? [...accountApps, ...organizationApps].map((app) => app.clientId)
        : [known(find(clientId), clientId).clientId];
    },
    allowRedirect(clientId, uri) {
      const app = known(findOrganization(clientId), clientId);
      app.redirectUris = [...new Set([...app.redirectUris, redirectUri(uri)])];
    },
    setPermissions(clientId, permissions) {
      known(find(clientId), clientId).permissions = [...permissions];
    },
    rotateSecret(clientId) {
      const app = known(find(clientId), clientId);
      rotations += 1;
      app.clientSecret = secret(`${clientId}:${rotations}`);
      return app.clientSecret;
    },
  };
}

/** Whether a granted name covers a needed one; `/*` at the end stands for everything below. */
export function covers(granted: readonly string[], needed: string): boolean {
  return granted.some(
    (name) => name === needed || (name.endsWith('/*') && needed.startsWith(name.slice(0, -1))),
  );
}

function known<T>(app: T | undefined, clientId: string): T {
  if (!app) throw new Error(`The sandbox has no such OAuth app: ${clientId}.`);
  return app;
}

function redirectUri(uri: string): string {
  if (REDIRECT_URI.test(uri) && URL.canParse(uri)) return uri;
  throw new Error(`A redirect URI is an http or https URL without a fragment, not ${JSON.stringify(uri)}.`);
}
