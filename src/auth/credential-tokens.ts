import type { Credential } from '../credentials/credential.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Logger } from '../log.ts';
import type { ComponentState, Telemetry } from '../telemetry/telemetry.ts';
import { isSecretRejected } from '../twilio/error-codes.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import type { AccessToken, RequestToken } from './oauth.ts';
import { createTokenStates, tokenOutcome } from './token-state.ts';

export interface CredentialTokensOptions {
  store: GatewayStore;
  requestToken: RequestToken;
  /** Asks for a token of a credential that a person consented to. */
  refreshToken?: (credential: Credential) => Promise<AccessToken>;
  log: Logger;
}

/** Access tokens of credentials, and what their requests tell about the credentials. */
export interface CredentialTokens {
  of(credential: Credential): AccessTokens;
  /** Whether access tokens are given out: `up` where any credential has one. */
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

  /** What Twilio thinks of a secret is worth knowing, but no read waits for it or fails with it. */
  function note(writing: Promise<void>): void {
    writing.catch((error) => log.warn({ err: error }, 'the state of a credential could not be written down'));
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
