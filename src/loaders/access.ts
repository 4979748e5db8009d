import type { Credential } from '../credentials/credential.ts';
import type { Retention } from '../history/retention.ts';
import type { ComponentState, CredentialState, Telemetry } from '../telemetry/telemetry.ts';
import { SILENT } from '../telemetry/telemetry.ts';
import { createTwilioClient, type TwilioClient } from '../twilio/client.ts';
import { createTwilioHttp } from '../twilio/http.ts';
import { createLimiter, type Limiter } from '../twilio/limiter.ts';
import { observeHttp } from '../twilio/observed-http.ts';
import { type CacheSettings, createReadCache } from '../twilio/read-cache.ts';
import { createSharedHttp } from '../twilio/shared-http.ts';
import { type CredentialTokensOptions, createCredentialTokens } from './credential-tokens.ts';
import type { PermissionCheck } from './permissions.ts';
import { createResilience, type ResilienceOptions } from './resilience.ts';

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

export interface AccessOptions extends ResilienceOptions, CredentialTokensOptions {
  apiUrl: URL;
  retentionDays: number;
  /** @default nothing is kept */
  cache?: CacheSettings | undefined;
  /** @default nothing is counted */
  telemetry?: Telemetry | undefined;
}

/** Opens Twilio for credentials. */
export interface Access {
  /** One {@link CredentialAccess} per credential and secret, made when it is first used. */
  of(credential: Credential): CredentialAccess;
  /** One for a token that belongs to no stored credential. */
  withToken(token: string, accountSid: string): TwilioClient;
  readonly requestToken: CredentialTokensOptions['requestToken'];
  /** What the credentials used so far are like. */
  states(): readonly CredentialState[];
  /** Whether access tokens are given out: `up` where any credential has one. */
  tokenState(): ComponentState;
  /** Lets go of everything that was kept. */
  close(): void;
}

interface Known {
  readonly secretVersion: number;
  readonly accountSid: string;
  /** As it was when last used: it may be renamed. */
  nickname: string;
  readonly access: CredentialAccess;
  readonly limiter: Limiter;
}

export function createAccess(options: AccessOptions): Access {
  const { log, apiUrl, fetch, upstreamTimeoutMs: timeoutMs, telemetry = SILENT } = options;
  const cache = options.cache && createReadCache(options.cache);
  const resilience = createResilience(options);
  const tokens = createCredentialTokens(options, telemetry);
  const known = new Map<string, Known>();

  function open(credential: Credential): Known {
    const { id, accountSid, nickname, secretVersion } = credential;
    const owner = `${id}#${secretVersion}`;
    const own = tokens.of(credential);
    const limiter = createLimiter();
    const http = resilience.wrap(
      { owner, accountSid },
      {
        direct: (guarded) =>
          observeHttp(
            createTwilioHttp({ apiUrl, fetch: guarded, tokens: own, timeoutMs, limiter }),
            log,
            nickname,
          ),
        shared: (direct) => createSharedHttp(direct, { owner, cache, telemetry }),
      },
    );
    const access: CredentialAccess = {
      client: createTwilioClient(http, accountSid, options.cache),
      retention: { days: options.retentionDays },
      permissions: undefined,
      telemetry,
      async token() {
        await own.get();
      },
    };
    return { secretVersion, accountSid, nickname, access, limiter };
  }

  return {
    requestToken: options.requestToken,
    tokenState: tokens.state,
    states: () =>
      [...known.values()].map(({ nickname, accountSid, limiter: { limit, running, waiting } }) => ({
        nickname,
        limit,
        running,
        waiting,
        circuitOpen: resilience.isOpen(accountSid),
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
      const opened = open(credential);
      known.set(credential.id, opened);
      return opened.access;
    },
    close() {
      cache?.close();
      resilience.close();
    },
  };
}
