import type { Credential, CredentialPermissionCheck } from './records.ts';
import { type GatewayStore, MAX_SESSIONS } from './store.ts';
import { NotFoundError, ReadOnlyError } from './store-errors.ts';

/** A credential from the settings. */
export interface CredentialSetting {
  nickname: string;
  accountSid: string;
  clientId: string;
  clientSecret: string;
}

/**
 * Creates a read-only, in-memory store of the credentials from the settings. It has no API keys; operations
 * that need a database fail with ReadOnlyError.
 */
export function createFixedStore(settings: readonly CredentialSetting[], now = new Date()): GatewayStore {
  let credentials: readonly Credential[] = settings.map(({ nickname, accountSid, clientId }) => ({
    // Not random, so that node ids stay valid after a restart.
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
  const readOnly = async (): Promise<never> => {
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
    // The results of Twilio's checks live as long as the process.
    savePermissions: async (id, permissions: readonly CredentialPermissionCheck[]) =>
      change(id, { permissions }),
    markRefused: async (id, code) => void change(id, { refused: { at: new Date(), code } }),
    clearRefused: async (id) => void change(id, { refused: null }),
    add: readOnly,
    rename: readOnly,
    rotateSecret: readOnly,
    remove: readOnly,
    addApiKey: readOnly,
    listApiKeys: async () => [],
    findApiKeyByHash: async () => null,
    isApiKeyRevoked: async () => false,
    hasHadAdminKey: async () => false,
    updateApiKey: readOnly,
    revokeApiKey: readOnly,
    touchApiKeys: async () => {},
    appendAudit: async () => {},
    listAudit: async () => [],
    publishDocuments: readOnly,
    retireDocuments: readOnly,
    listDocuments: async () => [],
    saveRefreshToken: readOnly,
    refreshToken: async () => null,
    withRefreshLock: (_id, work) => work(),
    async addSession({ id }) {
      const [oldest] = sessions;
      if (oldest !== undefined && sessions.size >= MAX_SESSIONS) sessions.delete(oldest);
      sessions.add(id);
    },
    hasSession: async (id) => sessions.has(id),
    endSession: async (id) => void sessions.delete(id),
    saveState: readOnly,
    takeState: async () => null,
    reseal: async () => 0,
    onChange: () => () => {},
    ping: async () => {},
    close: async () => {},
  };
}
