import type { Logger } from '../log.ts';
import type { Cipher } from './cipher.ts';
import type { PublishedDocument } from './records.ts';
import { createRefresher } from './refresher.ts';
import type { SqlStore } from './sql/sql-store.ts';
import type { GatewayStore, StoreSnapshot } from './store.ts';
import { NotFoundError, StoreUnavailableError, WrongEncryptionKeyError } from './store-errors.ts';

export interface CachedStoreOptions {
  cipher: Cipher;
  /** Logs when the database becomes unavailable and when it recovers. */
  log?: Pick<Logger, 'info' | 'warn'> | undefined;
}

/**
 * Serves reads of credentials, API keys and published documents from memory, even while the database is unavailable; changes then
 * fail with StoreUnavailableError. Secrets stay sealed in memory until they are used. Changes by other
 * gateways take effect within 2 seconds while the database is available. During an outage, a key that another
 * gateway revoked remains valid here.
 *
 * Owns the store: closes it when closed, and when the first read fails.
 */
export async function createCachedStore(
  store: SqlStore,
  { cipher, log }: CachedStoreOptions,
): Promise<GatewayStore> {
  let held = await read().catch(async (error: unknown) => {
    await store.close();
    throw error;
  });

  /** Documents are read again only when they changed: their texts are most of the data. */
  async function read(before?: Held): Promise<Held> {
    const snapshot = await store.snapshot();
    const isSame = snapshot.documentsVersion === before?.documentsVersion;
    const documents = before && isSame ? before.documents : await store.listDocuments();
    return { ...index(snapshot), documents };
  }

  // Never becomes false again, whatever happens to the database.
  let { hadAdminKey } = held;
  const refresher = createRefresher({
    async refresh() {
      held = await read(held);
      hadAdminKey ||= held.hadAdminKey;
    },
    log,
  });
  const stopWatching = store.onChange(() => void refresher.refresh());

  /** Waits until reads reflect a change: the store notifies its listeners before the promise resolves. */
  async function changed<T>(change: Promise<T>): Promise<T> {
    const result = await change.catch((error: unknown) => {
      // Callers get advice; only the log names the file or server.
      if (error instanceof StoreUnavailableError) log?.warn({ err: error }, 'change not stored');
      throw error;
    });
    await refresher.settled();
    return result;
  }

  return {
    ...store,
    list: async () => held.credentials,
    get: async (id) => held.byId.get(id)?.credential ?? null,
    async ping() {
      // First, and from memory: a wrong key is an error even while the database is unavailable.
      const { sealedSecrets } = held;
      const unreadable = sealedSecrets.filter((sealed) => cipher.lacksKeyOf(sealed)).length;
      if (unreadable > 0) throw new WrongEncryptionKeyError(unreadable, sealedSecrets.length);
      await store.ping();
    },
    async clientSecret(id) {
      const found = held.byId.get(id);
      if (!found) throw new NotFoundError('credential', id);
      return cipher.open(found.sealedSecret, { purpose: 'client-secret', id });
    },
    findApiKeyByHash: async (tokenHash) => held.apiKeys.get(tokenHash) ?? null,
    isApiKeyRevoked: async (tokenHash) => held.revoked.has(tokenHash),
    async hasHadAdminKey() {
      if (hadAdminKey) return true;
      const had = await store.hasHadAdminKey().catch((error: unknown) => {
        if (error instanceof StoreUnavailableError) return false;
        throw error;
      });
      hadAdminKey ||= had;
      return hadAdminKey;
    },
    async listApiKeys() {
      // From the database when available, because its dates of last use are newer.
      return store.listApiKeys().catch((error: unknown) => {
        if (error instanceof StoreUnavailableError) return [...held.apiKeys.values()];
        throw error;
      });
    },

    add: (credential) => changed(store.add(credential)),
    rename: (id, nickname) => changed(store.rename(id, nickname)),
    rotateSecret: (id, clientSecret) => changed(store.rotateSecret(id, clientSecret)),
    savePermissions: (id, checks) => changed(store.savePermissions(id, checks)),
    markRefused: (id, code, secretVersion) => changed(store.markRefused(id, code, secretVersion)),
    clearRefused: (id) => changed(store.clearRefused(id)),
    remove: (id) => changed(store.remove(id)),
    addApiKey: (key) => changed(store.addApiKey(key)),
    updateApiKey: (id, change) => changed(store.updateApiKey(id, change)),
    listDocuments: async () => held.documents,
    publishDocuments: (documents, apiKeyIds) => changed(store.publishDocuments(documents, apiKeyIds)),
    retireDocuments: (documentIds) => changed(store.retireDocuments(documentIds)),
    revokeApiKey: (id) => changed(store.revokeApiKey(id)),
    reseal: () => changed(store.reseal()),
    onChange: refresher.onRefreshed,

    async close() {
      stopWatching();
      refresher.close();
      await store.close();
    },
  };
}

type Held = ReturnType<typeof index> & { readonly documents: readonly PublishedDocument[] };

function index({ credentials, apiKeys, revokedHashes, hadAdminKey, documentsVersion }: StoreSnapshot) {
  return {
    credentials: credentials.map(({ credential }) => credential),
    sealedSecrets: credentials.map(({ sealedSecret }) => sealedSecret),
    byId: new Map(credentials.map((stored) => [stored.credential.id, stored])),
    apiKeys: new Map(apiKeys.map(({ tokenHash, key }) => [tokenHash, key])),
    revoked: new Set(revokedHashes),
    hadAdminKey,
    documentsVersion,
  };
}
