import { type CredentialSetting, createFixedStore } from './fixed-store.ts';
import type { GatewayStore } from './store.ts';
import { NicknameTakenError, ReadOnlyError } from './store-errors.ts';

/**
 * Puts the credentials of the settings before those of a store. They can be read with like any other; to
 * rename, rotate or remove them is to change the settings.
 */
export function withSettings(store: GatewayStore, settings: readonly CredentialSetting[]): GatewayStore {
  const fixed = createFixedStore(settings);
  const ids = new Set(settings.map(({ clientId }) => clientId));
  const names = new Set(settings.map(({ nickname }) => nickname.toLowerCase()));
  const homeOf = (id: string) => (ids.has(id) ? fixed : store);
  const checkName = (nickname: string) => {
    if (names.has(nickname.trim().toLowerCase())) throw new NicknameTakenError(nickname);
  };

  return {
    ...store,
    // A nickname of the settings hides the same one of the store, which was there first.
    list: async () => [
      ...(await fixed.list()),
      ...(await store.list()).filter(({ nickname }) => !names.has(nickname.toLowerCase())),
    ],
    get: (id) => homeOf(id).get(id),
    clientSecret: (id) => homeOf(id).clientSecret(id),
    savePermissions: (id, checks) => homeOf(id).savePermissions(id, checks),
    markRefused: (id, code, version) => homeOf(id).markRefused(id, code, version),
    clearRefused: (id) => homeOf(id).clearRefused(id),
    async add(credential) {
      checkName(credential.nickname);
      return store.add(credential);
    },
    async rename(id, nickname) {
      if (ids.has(id)) throw new ReadOnlyError();
      checkName(nickname);
      return store.rename(id, nickname);
    },
    rotateSecret: (id, secret) => homeOf(id).rotateSecret(id, secret),
    remove: (id) => homeOf(id).remove(id),
    addApiKey: (key) => store.addApiKey(key),
  };
}
