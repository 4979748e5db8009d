import { gatewayError } from '../errors/gateway-error.ts';
import type { Credential, NewCredential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';

type Consented = Required<Omit<NewCredential, 'kind'>>;

/** Stores credentials of the authorization code grant after a consent. */
export function createConsentedCredentials(store: GatewayStore) {
  async function add(consented: Consented, refreshToken: string): Promise<Credential> {
    const credential = await store.add({ ...consented, kind: 'authorization_code' });
    try {
      await store.saveRefreshToken(credential.id, refreshToken);
      return credential;
    } catch (error) {
      // Useless without its refresh token. If the removal fails too, the first error is the useful one.
      await store.remove(credential.id).catch(() => {});
      throw error;
    }
  }

  /**
   * Renews under the lock, because a concurrent refresh would overwrite the new refresh token with one of the old
   * grant. Rotates the secret last: its new version makes all gateways discard their tokens and use this one.
   */
  function renew({ id }: Credential, { clientSecret, permissions }: Consented, refreshToken: string) {
    return store.withRefreshLock(id, async () => {
      await store.saveRefreshToken(id, refreshToken);
      await store.savePermissions(id, permissions);
      return store.rotateSecret(id, clientSecret);
    });
  }

  /**
   * Finds the credential that a consent would renew; undefined when it would add one.
   *
   * @throws {NICKNAME_TAKEN} when another credential has the nickname
   */
  async function find(nickname: string, clientId: string): Promise<Credential | undefined> {
    const key = nickname.toLowerCase();
    const same = (await store.list()).find((one) => one.nickname.toLowerCase() === key);
    if (same && (same.clientId !== clientId || same.kind !== 'authorization_code')) {
      throw gatewayError('NICKNAME_TAKEN', nickname);
    }
    return same;
  }

  return {
    find,
    /** Adds the credential, or renews the existing one. @throws {CONSENT_FAILED} */
    async save(consented: Consented, refreshToken: string) {
      const existing = await find(consented.nickname, consented.clientId);
      if (!existing) return { credential: await add(consented, refreshToken), renewed: false };
      // Clients that use this nickname must not end up in another account.
      if (existing.accountSid !== consented.accountSid) {
        throw gatewayError(
          'CONSENT_FAILED',
          `The consent is for account ${consented.accountSid}, but the credential "${existing.nickname}" opens ${existing.accountSid}. Choose that account at Twilio, or another nickname.`,
        );
      }
      return { credential: await renew(existing, consented, refreshToken), renewed: true };
    },
  };
}
