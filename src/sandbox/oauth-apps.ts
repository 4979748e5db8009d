import type { Seed } from './random.ts';
import type { NewApp, NewOrganizationApp, SandboxOAuthApp, SandboxOrganizationApp } from './types.ts';

/** Permissions of an app that does not name its own. */
const DEFAULT_PERMISSIONS: readonly string[] = [
  '/twilio/messaging/messages/read',
  '/twilio/messaging/messages/list',
  '/twilio/messaging/media/list',
  '/twilio/usage/records/list',
  '/twilio/iam/accounts/read',
  '/twilio/iam/accounts/list',
];
/**
 * http and https only. The host has no characters with a meaning in a Content-Security-Policy, because the
 * consent page puts the origin there.
 */
const REDIRECT_URI = /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?(?:[/?][^#\s]*)?$/i;

/** Apps of both kinds: account apps use client credentials, organization apps the authorization code. */
export interface OAuthApps {
  readonly accountApps: readonly SandboxOAuthApp[];
  readonly organizationApps: readonly SandboxOrganizationApp[];
  /** An app that no credential uses, to try how one is added. */
  addSpare(app: NewApp): SandboxOAuthApp;
  add(app: NewApp): SandboxOAuthApp;
  addOrganization(app: NewOrganizationApp): SandboxOrganizationApp;
  /** Finds an app of either kind. */
  find(clientId: string): SandboxOAuthApp | undefined;
  findOrganization(clientId: string): SandboxOrganizationApp | undefined;
  /** Returns the client ids of all apps, or the given one; throws when it does not exist. */
  ids(clientId?: string): string[];
  allowRedirect(clientId: string, uri: string): void;
  setPermissions(clientId: string, permissions: readonly string[]): void;
  rotateSecret(clientId: string): string;
}

/** The mutable form of an app. */
interface StoredApp extends SandboxOAuthApp {
  clientSecret: string;
  permissions: readonly string[];
}

interface StoredOrganizationApp extends StoredApp {
  redirectUris: readonly string[];
}

export function createOAuthApps(seed: Seed): OAuthApps {
  const accountApps: StoredApp[] = [];
  const organizationApps: StoredOrganizationApp[] = [];
  const spareApps: StoredApp[] = [];
  let rotations = 0;

  const secret = (label: string) =>
    Buffer.concat([seed.bytes(`secret-a:${label}`), seed.bytes(`secret-b:${label}`)])
      .toString('base64url')
      .slice(0, 64);
  const make = (label: string, app: NewApp): StoredApp => ({
    nickname: app.nickname ?? label,
    accountSid: app.accountSid,
    clientId: seed.sid('OQ', label),
    clientSecret: secret(label),
    permissions: [...(app.permissions ?? DEFAULT_PERMISSIONS)],
  });
  const find = (clientId: string) =>
    [...accountApps, ...spareApps, ...organizationApps].find((app) => app.clientId === clientId);
  const findOrganization = (clientId: string) => organizationApps.find((app) => app.clientId === clientId);

  return {
    accountApps,
    organizationApps,
    find,
    findOrganization,
    addSpare(app) {
      const made = make(`spare-app-${spareApps.length}`, app);
      spareApps.push(made);
      return made;
    },
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
        : [requireApp(find(clientId), clientId).clientId];
    },
    allowRedirect(clientId, uri) {
      const app = requireApp(findOrganization(clientId), clientId);
      app.redirectUris = [...new Set([...app.redirectUris, redirectUri(uri)])];
    },
    setPermissions(clientId, permissions) {
      requireApp(find(clientId), clientId).permissions = [...permissions];
    },
    rotateSecret(clientId) {
      const app = requireApp(find(clientId), clientId);
      rotations += 1;
      app.clientSecret = secret(`${clientId}:${rotations}`);
      return app.clientSecret;
    },
  };
}

/** Checks whether the granted permissions cover a needed one; a trailing `/*` is a wildcard. */
export function covers(granted: readonly string[], needed: string): boolean {
  return granted.some(
    (name) => name === needed || (name.endsWith('/*') && needed.startsWith(name.slice(0, -1))),
  );
}

function requireApp<T>(app: T | undefined, clientId: string): T {
  if (!app) throw new Error(`The sandbox has no such OAuth app: ${clientId}.`);
  return app;
}

function redirectUri(uri: string): string {
  if (REDIRECT_URI.test(uri) && URL.canParse(uri)) return uri;
  throw new Error(
    `A redirect URI must be an http or https URL without a fragment, not ${JSON.stringify(uri)}.`,
  );
}
