import * as oauth from 'openid-client';
import {
  askForTokens,
  createOAuthClient,
  type GrantedTokens,
  type OAuthServer,
  type TokenRequest,
} from './oauth.ts';

/** What has to be remembered until the person comes back from Twilio. */
export interface BegunConsent {
  /** Twilio's consent page. */
  readonly url: URL;
  /** 256 random bits that travel through Twilio and back. */
  readonly state: string;
  /** PKCE's secret half; only its hash is in the URL. */
  readonly codeVerifier: string;
}

/** What came back, and what was remembered. */
export interface ConsentAnswer {
  /** The query Twilio added to the redirect URI. */
  readonly query: URLSearchParams;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeVerifier: string;
}

/**
 * The authorization code grant of organization OAuth apps, with PKCE.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636
 */
export interface AuthorizationCode {
  begin(app: TokenRequest, redirectUri: string): Promise<BegunConsent>;
  /**
   * Exchanges the code for tokens. A code is good once.
   *
   * @throws {TwilioError} with the 321xxx/322xxx code of a refusal
   * @throws {TwilioResponseError} for an answer, at either end, that is not what OAuth 2.0 asks for
   */
  exchange(app: TokenRequest, answer: ConsentAnswer): Promise<GrantedTokens>;
}

export function createAuthorizationCode(server: OAuthServer): AuthorizationCode {
  return {
    async begin(app, redirectUri) {
      const state = oauth.randomState();
      const codeVerifier = oauth.randomPKCECodeVerifier();
      const url = oauth.buildAuthorizationUrl(createOAuthClient(server, app), {
        redirect_uri: redirectUri,
        // Without it there is no refresh token, and consent would end with the first access token.
        scope: 'offline_access',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, state, codeVerifier };
    },

    exchange(app, { query, redirectUri, state, codeVerifier }) {
      // Built anew on the address that Twilio was given: behind a proxy the gateway sees another host.
      const address = new URL(redirectUri);
      address.search = query.toString();
      const checks = { expectedState: state, pkceCodeVerifier: codeVerifier };
      return askForTokens(server, app, (client) => oauth.authorizationCodeGrant(client, address, checks));
    },
  };
}
