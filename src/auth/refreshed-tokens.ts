import * as oauth from 'openid-client';
import type { Credential } from '../credentials/credential.ts';
import type { GatewayStore } from '../credentials/store.ts';
import { StoreUnavailableError } from '../credentials/store-errors.ts';
import { ConsentNeededError } from '../errors/consent.ts';
import { type AccessToken, askForTokens, type OAuthServer } from './oauth.ts';

/** Access tokens of credentials that somebody consented to. */
export interface RefreshedTokens {
  /**
   * Uses the credential's refresh token up and keeps the one that comes in its place.
   *
   * @throws {TwilioError} with the 321xxx/322xxx code when Twilio takes it no more
   * @throws {ConsentNeededError} when there is none
   * @throws {StoreUnavailableError} when it cannot be read or, after Twilio answered, not be replaced
   */
  request(credential: Credential): Promise<AccessToken>;
  /** Lets running exchanges end and begins no more. To be awaited before fetch and store are closed. */
  close(): Promise<void>;
}

export interface RefreshedTokensOptions extends OAuthServer {
  store: GatewayStore;
}

interface Rotation {
  /** What Twilio takes no more. */
  readonly spent: string;
  readonly token: string;
}

/**
 * Refreshes under a lock that all gateways share: of two that send the same refresh token, Twilio refuses
 * one or, taking it for a theft, both and all that comes after. Access tokens are not stored, so that each
 * gateway refreshes for itself, in turn.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export function createRefreshedTokens({ store, ...server }: RefreshedTokensOptions): RefreshedTokens {
  /** Rotations that the store did not take: all that is left of those grants. */
  const unsaved = new Map<string, Rotation>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  async function save(id: string, rotation: Rotation): Promise<string> {
    unsaved.set(id, rotation);
    await store.saveRefreshToken(id, rotation.token);
    unsaved.delete(id);
    return rotation.token;
  }

  async function refresh({ id, nickname, clientId }: Credential): Promise<AccessToken> {
    let token = await store.refreshToken(id);
    const rotation = unsaved.get(id);
    // Where the store has another one than was spent, somebody consented anew meanwhile.
    if (rotation && rotation.spent === token) token = await save(id, rotation);
    if (token === null) throw new ConsentNeededError(nickname);
    const spent = token;
    const app = { clientId, clientSecret: await store.clientSecret(id) };
    const granted = await askForTokens(server, app, (client) => oauth.refreshTokenGrant(client, spent));
    const { access, refreshToken } = granted;
    // From Twilio's answer until it is on disk the new refresh token is in memory only, and a process that
    // is killed loses the grant with it. So nothing stands between the two, and the access token waits.
    if (refreshToken !== null && refreshToken !== spent) await save(id, { spent, token: refreshToken });
    return access;
  }

  return {
    request: (credential) =>
      store.withRefreshLock(credential.id, async () => {
        if (closed) throw new StoreUnavailableError('this gateway is being closed.');
        const work = refresh(credential);
        running.add(work);
        return work.finally(() => running.delete(work));
      }),
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
