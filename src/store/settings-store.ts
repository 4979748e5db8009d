import { type CredentialSetting, createFixedStore } from './fixed-store.ts';
import type { GatewayStore } from './store.ts';
import { NicknameTakenError, ReadOnlyError } from './store-errors.ts';

/**
 * Adds the credentials from the settings to a store, before its own. They are read-only: renaming, rotating or
 * removing one requires a change of the settings.
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
    // A credential from the settings hides a stored one with the same nickname.
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
  };
}
