import { createAccessTokens } from './access-tokens.ts';
import { createAccounts } from './accounts.ts';
import { createGrants } from './grants.ts';
import { createOAuthApps } from './oauth-apps.ts';
import { createSeed } from './random.ts';
import { createCallLog, createService } from './service.ts';
import { DEFAULT_SWITCHES, type SandboxSwitches, switchProblems } from './switches.ts';
import { createFetch, listen } from './transports.ts';
import type { NewApp, Sandbox, SandboxOptions } from './types.ts';

export { DEFAULT_SWITCHES, type Fault, type SandboxSwitches } from './switches.ts';
export type {
  NewAccount,
  NewApp,
  NewOrganizationApp,
  Sandbox,
  SandboxAccount,
  SandboxApiKey,
  SandboxCall,
  SandboxOAuthApp,
  SandboxOptions,
  SandboxOrganizationApp,
  SandboxRequest,
  SandboxResponse,
  WireMessage,
} from './types.ts';

/**
 * Creates an in-memory Twilio: `/2010-04-01/Accounts…` with messages and media, `/v2/token`, and
 * `/v2/authorize` with its consent page. The same seed and epoch always give the same accounts, credentials
 * and messages.
 *
 * @example
 * const sandbox = createSandbox({ seed: 7 });
 * const { url, close } = await sandbox.listen();
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { clock = Date.now, messages = 6000 } = options;
  const seed = createSeed(options.seed ?? 1);
  const epoch = Math.floor((options.epoch ?? clock()) / 1000);
  const switches: SandboxSwitches = { ...DEFAULT_SWITCHES };
  set(options.switches ?? {});

  const now = () => Math.floor(clock() / 1000);
  const accounts = createAccounts({ seed, epoch, messages, switches });
  const { parent, fixed } = accounts;
  const apps = createOAuthApps(seed);
  apps.add({ nickname: 'sandbox', accountSid: parent.sid });
  apps.add({ nickname: 'sandbox-subaccount', accountSid: fixed.active.sid });
  apps.addOrganization({
    nickname: 'sandbox-organization',
    accountSid: parent.sid,
    redirectUris: ['http://localhost:4000/oauth/callback', 'http://127.0.0.1:4000/oauth/callback'],
  });
  const spareApp = apps.addSpare({ nickname: 'spare', accountSid: fixed.active.sid });
  const tokens = createAccessTokens(seed, apps);
  const grants = createGrants(seed, tokens, switches);
  const log = createCallLog();
  const handle = createService({ seed, accounts, apps, tokens, grants, switches, log, clock });

  function set(change: Partial<SandboxSwitches>): void {
    const problems = switchProblems(change);
    if (problems.length > 0) throw new Error(problems.join(' '));
    Object.assign(switches, change);
  }

  function requireAccount<T extends NewApp>(app: T): T {
    if (accounts.find(app.accountSid, now())) return app;
    throw new Error(`The sandbox has no account ${app.accountSid}.`);
  }

  return {
    accounts: { parent, ...fixed },
    apps: apps.accountApps,
    organizationApps: apps.organizationApps,
    spareApp,
    switches,
    set,
    handle: (request) => handle(request),
    fetch: createFetch(handle),
    listen: (address) => listen(handle, address),
    calls: log.calls,
    clearCalls: () => {
      log.calls.length = 0;
    },
    addMessage(account, message = {}) {
      const sid = account === 'parent' ? parent.sid : account === 'active' ? fixed.active.sid : account;
      const messages = accounts.messages(sid);
      if (!messages) throw new Error(`The sandbox has no account ${sid}.`);
      return messages.add(message, now());
    },
    updateMessage(sid, change) {
      for (const messages of accounts.allMessages()) if (messages.update(sid, change, now())) return;
      throw new Error(`The sandbox has no added message ${sid}.`);
    },
    deleteMessage(sid) {
      for (const messages of accounts.allMessages()) if (messages.remove(sid)) return;
      throw new Error(`The sandbox has no message ${sid}.`);
    },
    addApp: (app) => apps.add(requireAccount(app)),
    addOrganizationApp: (app) => apps.addOrganization(requireAccount(app)),
    allowRedirect: apps.allowRedirect,
    setPermissions: apps.setPermissions,
    rotateSecret: apps.rotateSecret,
    revokeTokens: tokens.revokeAll,
    revokeRefreshTokens: (clientId) => grants.revokeRefreshTokens(apps.ids(clientId)),
    addAccount: (account = {}) => accounts.add(account, now()),
  };
}
