import type { Credential, CredentialPermissionCheck } from './credential.ts';
import { type GatewayStore, MAX_SESSIONS } from './store.ts';
import { NotFoundError, ReadOnlyError } from './store-errors.ts';

/** A credential as the settings give it. */
export interface CredentialSetting {
  nickname: string;
  accountSid: string;
  clientId: string;
  clientSecret: string;
}

/**
 * Credentials that come from the settings and cannot be changed while the process runs. There are no API
 * keys here; what would have to be kept fails with ReadOnlyError.
 */
export function createFixedStore(settings: readonly CredentialSetting[], now = new Date()): GatewayStore {
  let credentials: readonly Credential[] = settings.map(({ nickname, accountSid, clientId }) => ({
    // Derived, not random: node ids stay valid when the gateway starts again.
    id: clientId,
    nickname,
    accountSid,
    clientId,
    kind: 'client_credentials',
    secretVersion: 1,
    permissions: [],
    refused: null,
    dateCreated: now,
    dateUpdated: now,
  }));
  const secrets = new Map(settings.map(({ clientId, clientSecret }) => [clientId, clientSecret]));
  const sessions = new Set<string>();
  const refuse = async (): Promise<never> => {
    throw new ReadOnlyError();
  };
  const change = (id: string, part: Partial<Credential>): Credential => {
    const old = credentials.find((credential) => credential.id === id);
    if (!old) throw new NotFoundError('credential', id);
    const changed = { ...old, ...part };
    credentials = credentials.map((credential) => (credential.id === id ? changed : credential));
    return changed;
  };

  return {
    list: async () => credentials,
    get: async (id) => credentials.find((credential) => credential.id === id) ?? null,
    async clientSecret(id) {
      const secret = secrets.get(id);
      if (secret === undefined) throw new NotFoundError('credential', id);
      return secret;
    },
    // What Twilio says of a credential is known for as long as the process runs.
    savePermissions: async (id, permissions: readonly CredentialPermissionCheck[]) =>
      change(id, { permissions }),
    markRefused: async (id, code) => void change(id, { refused: { at: new Date(), code } }),
    clearRefused: async (id) => void change(id, { refused: null }),
    add: refuse,
    rename: refuse,
    rotateSecret: refuse,
    remove: refuse,
    addApiKey: refuse,
    listApiKeys: async () => [],
    findApiKeyByHash: async () => null,
    isApiKeyRevoked: async () => false,
    hasHadAdminKey: async () => false,
    revokeApiKey: refuse,
    touchApiKeys: async () => {},
    appendAudit: async () => {},
    listAudit: async () => [],
    saveRefreshToken: refuse,
    refreshToken: async () => null,
    withRefreshLock: (_id, work) => work(),
    async addSession({ id }) {
      const [oldest] = sessions;
      if (oldest !== undefined && sessions.size >= MAX_SESSIONS) sessions.delete(oldest);
      sessions.add(id);
    },
    hasSession: async (id) => sessions.has(id),
    endSession: async (id) => void sessions.delete(id),
    saveState: refuse,
    takeState: async () => null,
    reseal: async () => 0,
    onChange: () => () => {},
    ping: async () => {},
    close: async () => {},
  };
}
