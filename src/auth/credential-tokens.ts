import type { Logger } from '../log.ts';
import type { Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import type { ComponentState, Telemetry, TokenOutcome } from '../telemetry/telemetry.ts';
import { isSecretRejected, isThrottled, TwilioError, TwilioResponseError } from '../twilio/errors.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import type { AccessToken, RequestToken } from './oauth.ts';

export interface CredentialTokensOptions {
  store: GatewayStore;
  requestToken: RequestToken;
  /** Requests a token for a credential of the authorization code grant. */
  refreshToken?: (credential: Credential) => Promise<AccessToken>;
  log: Logger;
}

/** Access tokens of credentials. Their requests also update the stored state of each credential. */
export interface CredentialTokens {
  of(credential: Credential): AccessTokens;
  /** Whether Twilio issues access tokens: `up` if any credential has one. */
  state(): ComponentState;
  /** Forgets a removed credential. */
  drop(credentialId: string): void;
}

export function createCredentialTokens(
  options: CredentialTokensOptions,
  telemetry: Telemetry,
): CredentialTokens {
  const { store, log } = options;
  const states = createTokenStates();

  async function requestFor(credential: Credential): Promise<AccessToken> {
    if (credential.kind === 'authorization_code' && options.refreshToken)
      return options.refreshToken(credential);
    const clientSecret = await store.clientSecret(credential.id);
    return options.requestToken({ clientId: credential.clientId, clientSecret });
  }

  /** Stores a credential's state in the background: reads neither wait for it nor fail with it. */
  function note(writing: Promise<void>): void {
    writing.catch((error) => log.warn({ err: error }, 'the state of a credential could not be stored'));
  }

  return {
    state: states.state,
    drop: states.drop,
    of(credential) {
      let refused = credential.refused !== null;
      return createAccessTokens(async () => {
        try {
          const token = await requestFor(credential);
          if (refused) note(store.clearRefused(credential.id));
          refused = false;
          states.note(credential.id, 'granted');
          telemetry.tokenRequested('granted');
          return token;
        } catch (error) {
          const outcome = tokenOutcome(error);
          if (outcome) {
            states.note(credential.id, outcome);
            telemetry.tokenRequested(outcome);
          }
          if (isSecretRejected(error)) {
            refused = true;
            note(store.markRefused(credential.id, error.code, credential.secretVersion));
          }
          throw error;
        }
      });
    },
  };
}

/** Remembers the outcome of each credential's last token request. */
function createTokenStates() {
  const last = new Map<string, { outcome: TokenOutcome; at: number }>();
  return {
    note(credentialId: string, outcome: TokenOutcome): void {
      last.set(credentialId, { outcome, at: Date.now() });
    },
    drop: (credentialId: string) => void last.delete(credentialId),
    state(): ComponentState {
      const all = [...last.values()].sort((a, b) => b.at - a.at);
      const shown = all.find(({ outcome }) => outcome === 'granted') ?? all[0];
      if (!shown) return { state: 'unknown' };
      const { outcome, at } = shown;
      if (outcome === 'granted') return { state: 'up', at };
      return { state: outcome === 'refused' ? 'refused' : 'down', at };
    },
  };
}

/** Classifies a failed token request; undefined if none was sent, because the secret could not be read. */
export function tokenOutcome(error: unknown): TokenOutcome | undefined {
  if (error instanceof TwilioResponseError) return 'unreachable';
  if (!(error instanceof TwilioError)) return undefined;
  if (isThrottled(error)) return 'throttled';
  const { status } = error;
  return status >= 400 && status < 500 ? 'refused' : 'unreachable';
}
