import type { AccessTokens } from './access-tokens.ts';
import type { Accounts } from './accounts.ts';
import { notFound, TwilioError, unauthorized } from './errors.ts';
import { covers } from './oauth-apps.ts';
import type { SandboxSwitches } from './switches.ts';
import type { SandboxAccount, SandboxOAuthApp } from './types.ts';

/** An authenticated caller and its kind of credential. */
export type Caller =
  | { kind: 'token'; account: SandboxAccount; id: string }
  | { kind: 'main-key'; account: SandboxAccount; id: string }
  | { kind: 'standard-key'; account: SandboxAccount; id: string }
  | { kind: 'oauth'; account: SandboxAccount; id: string; app: SandboxOAuthApp };

export interface AuthContext {
  accounts: Accounts;
  tokens: AccessTokens;
  switches: SandboxSwitches;
  /** Seconds since 1970. */
  now: number;
}

/** Authenticates an Authorization header; throws Twilio's error when it is not valid. */
export function authenticate(authorization: string | undefined, context: AuthContext): Caller {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)\s*$/.exec(authorization ?? '') ?? [];
  const caller =
    scheme.toLowerCase() === 'bearer'
      ? bearer(value, context)
      : scheme.toLowerCase() === 'basic'
        ? basic(value, context)
        : null;
  if (!caller) throw unauthorized('Authentication Error - No credentials provided');
  // Suspending or closing a parent account also affects its subaccounts. A parent owns itself.
  const owner = context.accounts.find(caller.account.ownerAccountSid, context.now);
  if (caller.account.status !== 'active' || owner?.status !== 'active') {
    throw context.switches.inactiveAccountCode === 20403
      ? new TwilioError(403, 20403, 'Forbidden')
      : unauthorized();
  }
  return caller;
}

/** Returns the account in a path; throws Twilio's error when the caller lacks `permission` on it. */
export function authorize(
  caller: Caller,
  accountSid: string,
  permission: string,
  path: string,
  { accounts, switches, now }: AuthContext,
): SandboxAccount {
  const own = caller.account.sid === accountSid;
  if (caller.kind === 'oauth') {
    // Twilio sends the same error for a missing permission and for another account.
    if (!own && switches.otherAccountCode === 20003) throw unauthorized();
    if (!own || !covers(caller.app.permissions, permission)) throw missingPermission(permission, switches);
    return caller.account;
  }
  if (own) return caller.account;
  const account = accounts.find(accountSid, now);
  const mine = account?.ownerAccountSid === caller.account.sid;
  // Only a parent's auth token opens its subaccounts; a subaccount's credentials never open the parent.
  if (account && mine && caller.kind === 'token') return account;
  if (account) throw accountSid === caller.account.ownerAccountSid || mine ? unauthorized() : notFound(path);
  throw notFound(path);
}

/** Throws unless an OAuth caller has the permission; other callers need none. */
export function requirePermission(caller: Caller, permission: string, switches: SandboxSwitches): void {
  if (caller.kind === 'oauth' && !covers(caller.app.permissions, permission)) {
    throw missingPermission(permission, switches);
  }
}

function missingPermission(permission: string, { missingPermissionStatus }: SandboxSwitches): TwilioError {
  const name = permission.replace(/^\//, '');
  return new TwilioError(
    missingPermissionStatus,
    70051,
    `Authorization Error: required permission ${name} is missing`,
  );
}

function bearer(token: string, { accounts, tokens, now }: AuthContext): Caller {
  const app = tokens.appOf(token, now);
  const account = accounts.find(app.accountSid, now);
  if (!account) throw unauthorized();
  return { kind: 'oauth', account, id: app.clientId, app };
}

function basic(encoded: string, { accounts, now }: AuthContext): Caller {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  const [id, secret] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (!/^(AC|SK)[0-9a-f]{32}$/.test(id)) throw unauthorized('Authentication Error - invalid username');
  for (const account of accounts.all(now)) {
    const { main, standard } = account.apiKeys;
    if (id === account.sid && secret === account.authToken) return { kind: 'token', account, id };
    if (id === main.sid && secret === main.secret) return { kind: 'main-key', account, id };
    if (id === standard.sid && secret === standard.secret) return { kind: 'standard-key', account, id };
  }
  throw unauthorized();
}
