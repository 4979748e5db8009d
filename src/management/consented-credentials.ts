import type { Credential, NewCredential } from '../credentials/credential.ts';
import type { GatewayStore } from '../credentials/store.ts';
import { ConsentFailedError } from '../errors/consent.ts';
import { NicknameConflictError } from '../errors/management.ts';

type Consented = Required<Omit<NewCredential, 'kind'>>;

/** The credentials that live by somebody's consent, and what becomes of them when it is given. */
export interface ConsentedCredentials {
  /**
   * The credential that consent would renew; undefined where it would make a new one.
   *
   * @throws {NicknameConflictError} when the nickname is another one's
   */
  find(nickname: string, clientId: string): Promise<Credential | undefined>;
  /** Adds the credential, or renews the one there is. @throws {ConsentFailedError} */
  keep(consented: Consented, refreshToken: string): Promise<{ credential: Credential; renewed: boolean }>;
}

export function createConsentedCredentials(store: GatewayStore): ConsentedCredentials {
  async function add(consented: Consented, refreshToken: string): Promise<Credential> {
    const credential = await store.add({ ...consented, kind: 'authorization_code' });
    try {
      await store.saveRefreshToken(credential.id, refreshToken);
      return credential;
    } catch (error) {
      // Without it the credential opens nothing. The reason to tell is the first failure, not a second.
      await store.remove(credential.id).catch(() => {});
      throw error;
    }
  }

  /**
   * Under the lock: a refresh that is under way would put what came of the old grant over the new one. The
   * secret comes last, for its new version has all gateways begin anew, and then with this refresh token.
   */
  function renew({ id }: Credential, { clientSecret, permissions }: Consented, refreshToken: string) {
    return store.withRefreshLock(id, async () => {
      await store.saveRefreshToken(id, refreshToken);
      await store.savePermissions(id, permissions);
      return store.rotateSecret(id, clientSecret);
    });
  }

  async function find(nickname: string, clientId: string): Promise<Credential | undefined> {
    const key = nickname.toLowerCase();
    const same = (await store.list()).find((one) => one.nickname.toLowerCase() === key);
    if (same && (same.clientId !== clientId || same.kind !== 'authorization_code')) {
      throw new NicknameConflictError(nickname);
    }
    return same;
  }

  return {
    find,
    async keep(consented, refreshToken) {
      const existing = await find(consented.nickname, consented.clientId);
      if (!existing) return { credential: await add(consented, refreshToken), renewed: false };
      // Whoever reads under this nickname must not find themselves in another account.
      if (existing.accountSid !== consented.accountSid) {
        throw new ConsentFailedError(
          `Consent was given for account ${consented.accountSid}, but the credential "${existing.nickname}" opens ${existing.accountSid}. Choose that account at Twilio, or another nickname.`,
        );
      }
      return { credential: await renew(existing, consented, refreshToken), renewed: true };
    },
  };
}
