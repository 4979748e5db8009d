import type { Accounts } from './accounts.ts';
import type { OAuthApps } from './oauth-apps.ts';
import { DEFAULT_SWITCHES, type SandboxSwitches, switchProblems } from './switches.ts';
import type { SandboxOAuthApp, SandboxOrganizationApp, SandboxRequest, SandboxResponse } from './types.ts';

/** State that `/_sandbox` shows and changes. */
export interface ControlContext {
  accounts: Accounts;
  apps: OAuthApps;
  switches: SandboxSwitches;
  /** Seconds since 1970. */
  now: number;
  callCount: number;
}

/** Handles `/_sandbox` (a summary without secrets) and `/_sandbox/switches` (GET, PUT to change, DELETE to reset). */
export function handleControl(
  path: string,
  request: SandboxRequest,
  context: ControlContext,
): SandboxResponse {
  const { switches } = context;
  if (path === '/_sandbox' && request.method === 'GET') return json(200, summary(context));
  if (path !== '/_sandbox/switches') return json(404, { message: `The sandbox has no ${path}.` });
  if (request.method === 'DELETE') Object.assign(switches, DEFAULT_SWITCHES);
  else if (request.method === 'PUT') {
    const change = parse(request.body ?? '');
    if (!change) return json(400, { message: 'Send a JSON object of switches and their new values.' });
    const problems = switchProblems(change);
    if (problems.length > 0) return json(400, { message: problems.join(' ') });
    Object.assign(switches, change);
  } else if (request.method !== 'GET') return json(405, { message: 'Use GET, PUT or DELETE.' });
  return json(200, switches);
}

function summary({ accounts, apps, switches, now, callCount }: ControlContext): Record<string, unknown> {
  return {
    accounts: accounts.all(now).map(({ sid, friendlyName, status, ownerAccountSid }) => ({
      sid,
      friendlyName,
      status,
      ownerAccountSid,
      messages: accounts.messages(sid)?.generated.visible(now) ?? 0,
    })),
    apps: apps.accountApps.map(withoutSecret),
    organizationApps: apps.organizationApps.map(withoutSecret),
    calls: callCount,
    switches,
  };
}

/** Lists the keys explicitly, so that a key added later cannot leak a secret. */
function withoutSecret(app: SandboxOAuthApp | SandboxOrganizationApp): Record<string, unknown> {
  const { nickname, accountSid, clientId, permissions } = app;
  const redirects = 'redirectUris' in app ? { redirectUris: app.redirectUris } : {};
  return { nickname, accountSid, clientId, permissions, ...redirects };
}

function json(status: number, value: unknown): SandboxResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value, null, 2) };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
