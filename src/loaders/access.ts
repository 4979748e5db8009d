import { createAccessTokens } from '../auth/access-tokens.ts';
import type { AccessToken, RequestToken, UpstreamFetch } from '../auth/oauth.ts';
import type { Credential } from '../credentials/credential.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Retention } from '../history/retention.ts';
import type { Logger } from '../log.ts';
import type { ComponentState, CredentialState, Telemetry } from '../telemetry/telemetry.ts';
import { SILENT } from '../telemetry/telemetry.ts';
import { createTwilioClient, type TwilioClient } from '../twilio/client.ts';
import { createTwilioHttp } from '../twilio/http.ts';
import { createLimiter, type Limiter } from '../twilio/limiter.ts';
import { observeHttp } from '../twilio/observed-http.ts';
import { type CacheSettings, createReadCache } from '../twilio/read-cache.ts';
import { createSharedClient } from '../twilio/shared-client.ts';
import { TwilioError } from '../twilio-error.ts';
import type { PermissionCheck } from './permissions.ts';
import { createTokenStates, tokenOutcome } from './token-state.ts';

/** What lasts from request to request for one credential: its token, its limiter, what was learnt. */
export interface CredentialAccess {
  readonly client: TwilioClient;
  readonly retention: Retention;
  /** A probe that runs or has run, for a credential whose permissions the store does not know. */
  permissions: Promise<readonly PermissionCheck[]> | undefined;
  /** Sees to it that there is an access token. It is asked for at most once in its lifetime. */
  token(): Promise<void>;
  readonly telemetry: Telemetry;
}

export interface AccessOptions {
  store: GatewayStore;
  apiUrl: URL;
  fetch: UpstreamFetch;
  requestToken: RequestToken;
  /** Asks for a token of a credential that a person consented to. */
  refreshToken?: (credential: Credential) => Promise<AccessToken>;
  /** For one attempt of one upstream call, in milliseconds. */
  upstreamTimeoutMs: number;
  retentionDays: number;
  /** @default nothing is kept */
  cache?: CacheSettings | undefined;
  log: Logger;
  /** @default nothing is counted */
  telemetry?: Telemetry | undefined;
}

/** Opens Twilio for credentials. */
export interface Access {
  /** One {@link CredentialAccess} per credential and secret, made when it is first used. */
  of(credential: Credential): CredentialAccess;
  /** One for a token that belongs to no stored credential. */
  withToken(token: string, accountSid: string): TwilioClient;
  readonly requestToken: RequestToken;
  /** What the credentials used so far are like. */
  states(): readonly CredentialState[];
  /** Whether access tokens are given out: `up` where any credential has one. */
  tokenState(): ComponentState;
  /** Lets go of everything that was kept. */
  close(): void;
}

interface Known {
  readonly secretVersion: number;
  /** As it was when last used: it may be renamed. */
  nickname: string;
  readonly access: CredentialAccess;
  readonly limiter: Limiter;
}

export function createAccess(options: AccessOptions): Access {
  const { store, log, apiUrl, fetch, upstreamTimeoutMs: timeoutMs, telemetry = SILENT } = options;
  const lifetimes = options.cache ?? { messageMs: 0, accountMs: 0, pageMs: 0 };
  const { cache, close } = createReadCache(options.cache);
  const known = new Map<string, Known>();
  const tokens = createTokenStates();

  function tokensOf(credential: Credential) {
    let refused = credential.refused !== null;
    return createAccessTokens(async () => {
      try {
        const token = await requestFor(credential);
        if (refused) note(store.clearRefused(credential.id));
        refused = false;
        tokens.note(credential.id, 'granted');
        telemetry.tokenRequested('granted');
        return token;
      } catch (error) {
        const outcome = tokenOutcome(error);
        if (outcome) {
          tokens.note(credential.id, outcome);
          telemetry.tokenRequested(outcome);
        }
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
    close,
    tokenState: tokens.state,
    states: () =>
      [...known.values()].map(({ nickname, limiter: { limit, running, waiting } }) => ({
        nickname,
        limit,
        running,
        waiting,
      })),
    withToken(token, accountSid) {
      const fixed = { get: async () => token, drop: () => {} };
      return createTwilioClient(createTwilioHttp({ apiUrl, fetch, tokens: fixed, timeoutMs }), accountSid);
    },
    of(credential) {
      const existing = known.get(credential.id);
      // A new secret begins anew; requests under way keep what they have and end with it.
      if (existing?.secretVersion === credential.secretVersion) {
        existing.nickname = credential.nickname;
        return existing.access;
      }
      const accessTokens = tokensOf(credential);
      const limiter = createLimiter();
      const bare = createTwilioHttp({ apiUrl, fetch, tokens: accessTokens, timeoutMs, limiter });
      const http = observeHttp(bare, log, credential.nickname);
      const access: CredentialAccess = {
        client: createSharedClient(createTwilioClient(http, credential.accountSid), {
          owner: `${credential.id}#${credential.secretVersion}`,
          cache,
          lifetimes,
          telemetry,
        }),
        retention: { days: options.retentionDays },
        permissions: undefined,
        telemetry,
        async token() {
          await accessTokens.get();
        },
      };
      const { secretVersion, nickname } = credential;
      known.set(credential.id, { secretVersion, nickname, access, limiter });
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
