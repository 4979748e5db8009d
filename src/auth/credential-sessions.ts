import type { Logger } from '../log.ts';
import type { Credential } from '../store/records.ts';
import { type ComponentState, type CredentialState, SILENT, type Telemetry } from '../telemetry/telemetry.ts';
import type { TwilioClient } from '../twilio/client.ts';
import { TwilioError } from '../twilio/errors.ts';
import { createSessions, type Session, type SessionEvents, type SessionsOptions } from '../twilio/session.ts';
import { type CredentialTokensOptions, createCredentialTokens } from './credential-tokens.ts';

export interface CredentialSessionsOptions extends Omit<SessionsOptions, 'events'>, CredentialTokensOptions {
  /** @default nothing is counted */
  telemetry?: Telemetry | undefined;
}

/** The sessions with Twilio of the credentials in the store. */
export interface CredentialSessions {
  /** Returns the session of a credential and its secret; opens it on first use. */
  of(credential: Credential): Session;
  /** Creates a client for a token that belongs to no stored credential. */
  withToken(token: string, accountSid: string): TwilioClient;
  readonly requestToken: CredentialTokensOptions['requestToken'];
  /** The state of the sessions used so far. */
  states(): readonly CredentialState[];
  /** Whether Twilio issues access tokens: `up` if any credential has one. */
  tokenState(): ComponentState;
  /** Clears the cache. */
  close(): void;
}

export function createCredentialSessions(options: CredentialSessionsOptions): CredentialSessions {
  const { store, log, telemetry = SILENT } = options;
  const tokens = createCredentialTokens(options, telemetry);
  /** Nicknames at the last use, by credential id: a credential may be renamed. */
  const nicknames = new Map<string, string>();
  const events = logFailures(log, (id) => nicknames.get(id));
  const sessions = createSessions({ ...options, events: { ...events, served: telemetry.readFrom } });

  /** Follows the store: a removed credential leaves no session and no metrics, a renamed one has its new name. */
  async function followStore(): Promise<void> {
    const stored = new Map((await store.list()).map(({ id, nickname }) => [id, nickname]));
    for (const id of nicknames.keys()) {
      const nickname = stored.get(id);
      if (nickname !== undefined) nicknames.set(id, nickname);
      else {
        nicknames.delete(id);
        sessions.drop(id);
        tokens.drop(id);
      }
    }
  }
  const stopWatching = store.onChange(() => {
    followStore().catch((err: unknown) =>
      log.warn({ err }, 'sessions of removed credentials were not dropped'),
    );
  });

  return {
    requestToken: options.requestToken,
    tokenState: tokens.state,
    withToken: sessions.withToken,
    close() {
      stopWatching();
      sessions.close();
    },
    of(credential) {
      nicknames.set(credential.id, credential.nickname);
      return sessions.of(credential, () => tokens.of(credential));
    },
    states: () =>
      [...sessions.opened].map(
        ([
          id,
          {
            limiter: { limit, running, waiting },
            circuit,
          },
        ]) => ({
          nickname: nicknames.get(id) ?? id,
          limit,
          running,
          waiting,
          circuitOpen: circuit.isOpen,
        }),
      ),
  };
}

/**
 * Logs each call that failed after all retries, with Twilio's request id, which its support asks for. The level is
 * `warn` for a problem at Twilio or with the credential, and `debug` for a 404 and for calls made by admin actions, which
 * report the error themselves.
 */
function logFailures(
  log: Logger,
  nicknameOf: (credentialId: string) => string | undefined,
): Omit<SessionEvents, 'served'> {
  return {
    failed(id, { endpoint }, error, { requestId }) {
      const credential = nicknameOf(id);
      if (error instanceof TwilioError) {
        const { source, code, status, requestId: twilioRequestId } = error;
        log[requestId === undefined ? 'debug' : levelOf(status)](
          {
            requestId,
            credential,
            endpoint: source === 'oauth' ? 'token' : endpoint.label,
            twilio: { code, status, requestId: twilioRequestId },
          },
          'Twilio rejected a call, or did not respond',
        );
      } else {
        log[requestId === undefined ? 'debug' : 'warn'](
          { requestId, credential, endpoint: endpoint.label },
          "Twilio's response could not be read",
        );
      }
    },
    circuitChanged(accountSid, isOpen) {
      if (isOpen) log.warn({ accountSid }, 'Twilio does not respond; reads of this account fail at once');
      else log.info({ accountSid }, 'Twilio responds again');
    },
  };
}

function levelOf(status: number): 'debug' | 'info' | 'warn' {
  if (status === 404) return 'debug';
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500
    ? 'warn'
    : 'info';
}
