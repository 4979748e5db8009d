import * as oauth from 'openid-client';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import { type AccessToken, type OAuthServer, requestTokens } from './oauth.ts';

interface Rotation {
  /** The refresh token that Twilio no longer accepts. */
  readonly spent: string;
  readonly token: string;
}

/**
 * Requests access tokens of credentials of the authorization code grant.
 * Refreshes under a lock that all gateways share: when two send the same refresh token, Twilio refuses one of them or,
 * assuming a theft, revokes the grant. Access tokens are not stored, so each gateway refreshes for itself, one at a time.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export function createRefreshedTokens({ store, ...server }: OAuthServer & { store: GatewayStore }) {
  /** Rotations that could not be stored: the only copies of these refresh tokens. */
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
    // If the stored token is not the spent one, consent was given again meanwhile.
    if (rotation && rotation.spent === token) token = await save(id, rotation);
    if (token === null) throw gatewayError('CREDENTIAL_REFUSED', nickname, 'authorization_code');
    const spent = token;
    const app = { clientId, clientSecret: await store.clientSecret(id) };
    const granted = await requestTokens(server, app, (client) => oauth.refreshTokenGrant(client, spent));
    const { access, refreshToken } = granted;
    // Until the new refresh token is on disk it exists only in memory, and a killed process would lose the grant. So
    // it is stored first, and the access token is returned afterwards.
    if (refreshToken !== null && refreshToken !== spent) await save(id, { spent, token: refreshToken });
    return access;
  }

  return {
    /**
     * Spends the credential's refresh token and stores its replacement.
     *
     * @throws {TwilioError} with a 321xxx/322xxx code when Twilio no longer accepts the refresh token
     * @throws {CREDENTIAL_REFUSED} when the credential has no refresh token
     * @throws {StoreUnavailableError} when the refresh token cannot be read, or its replacement not be stored
     */
    request: (credential: Credential): Promise<AccessToken> =>
      store.withRefreshLock(credential.id, async () => {
        if (closed) throw new StoreUnavailableError('this gateway is closing.');
        const work = refresh(credential);
        running.add(work);
        return work.finally(() => running.delete(work));
      }),
    /** Waits for running exchanges and starts no more. Await it before closing fetch and store. */
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
