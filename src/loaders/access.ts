import { createAccessTokens } from '../auth/access-tokens.ts';
import type { AccessToken, RequestToken } from '../auth/oauth.ts';
import type { Credential } from '../credentials/credential.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Retention } from '../history/retention.ts';
import { createTwilioClient, type TwilioClient } from '../twilio/client.ts';
import { createTwilioHttp } from '../twilio/http.ts';
import { type CacheSettings, createReadCache } from '../twilio/read-cache.ts';
import { createSharedHttp } from '../twilio/shared-http.ts';
import { TwilioError } from '../twilio-error.ts';
import type { PermissionCheck } from './permissions.ts';
import { createResilience, type ResilienceOptions } from './resilience.ts';

/** What lasts from request to request for one credential: its token, its limiter, what was learnt. */
export interface CredentialAccess {
  readonly client: TwilioClient;
  readonly retention: Retention;
  /** A probe that runs or has run, for a credential whose permissions the store does not know. */
  permissions: Promise<readonly PermissionCheck[]> | undefined;
}

export interface AccessOptions extends ResilienceOptions {
  store: GatewayStore;
  apiUrl: URL;
  requestToken: RequestToken;
  /** Asks for a token of a credential that a person consented to. */
  refreshToken?: (credential: Credential) => Promise<AccessToken>;
  retentionDays: number;
  /** @default nothing is kept */
  cache?: CacheSettings | undefined;
}

/** Opens Twilio for credentials. */
export interface Access {
  /** One {@link CredentialAccess} per credential and secret, made when it is first used. */
  of(credential: Credential): CredentialAccess;
  /** One for a token that belongs to no stored credential. */
  withToken(token: string, accountSid: string): TwilioClient;
  readonly requestToken: RequestToken;
  /** Lets go of everything that was kept. */
  close(): void;
}

export function createAccess(options: AccessOptions): Access {
  const { store, log, apiUrl, fetch, upstreamTimeoutMs: timeoutMs } = options;
  const cache = options.cache && createReadCache(options.cache);
  const resilience = createResilience(options);
  const known = new Map<string, { secretVersion: number; access: CredentialAccess }>();

  function tokensOf(credential: Credential) {
    let refused = credential.refused !== null;
    return createAccessTokens(async () => {
      try {
        const token = await requestFor(credential);
        if (refused) note(store.clearRefused(credential.id));
        refused = false;
        return token;
      } catch (error) {
        if (isSecretRefused(error)) {
          refused = true;
          note(store.markRefused(credential.id, error.code, credential.secretVersion));
        }
        throw error;
      }
    });
  }

  async function requestFor(credential: Credential): Promise<AccessToken> {
    if (credential.kind === 'authorization_code' && options.refreshToken)
      return options.refreshToken(credential);
    const clientSecret = await store.clientSecret(credential.id);
    return options.requestToken({ clientId: credential.clientId, clientSecret });
  }

  /** What Twilio thinks of a secret is worth knowing, but no read waits for it or fails with it. */
  function note(writing: Promise<void>): void {
    writing.catch((error) => log.warn({ err: error }, 'the state of a credential could not be written down'));
  }

  return {
    requestToken: options.requestToken,
    close() {
      cache?.close();
      resilience.close();
    },
    withToken(token, accountSid) {
      const tokens = { get: async () => token, drop: () => {} };
      return createTwilioClient(createTwilioHttp({ apiUrl, fetch, tokens, timeoutMs }), accountSid);
    },
    of(credential) {
      const existing = known.get(credential.id);
      // A new secret begins anew; requests under way keep what they have and end with it.
      if (existing?.secretVersion === credential.secretVersion) return existing.access;
      const { accountSid } = credential;
      const owner = `${credential.id}#${credential.secretVersion}`;
      const tokens = tokensOf(credential);
      const http = resilience.wrap(
        { owner, accountSid },
        {
          direct: (guarded) => createTwilioHttp({ apiUrl, fetch: guarded, tokens, timeoutMs }),
          shared: (direct) => createSharedHttp(direct, { owner, cache }),
        },
      );
      const access: CredentialAccess = {
        client: createTwilioClient(http, accountSid, options.cache),
        retention: { days: options.retentionDays },
        permissions: undefined,
      };
      known.set(credential.id, { secretVersion: credential.secretVersion, access });
      return access;
    },
  };
}

/** Twilio's codes for client credentials it does not take; two families of them exist. */
const REFUSED_CODES = new Set([321401, 321402, 322402, 322403]);

/** Whether the token endpoint does not take the secret. What a proxy answers (403, 404) says nothing of it. */
export function isSecretRefused(error: unknown): error is TwilioError {
  if (!(error instanceof TwilioError) || error.source !== 'oauth') return false;
  const { code, status } = error;
  return code === null ? status === 400 || status === 401 : REFUSED_CODES.has(code);
}
