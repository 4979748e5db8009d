import * as oauth from 'openid-client';
import {
  createOAuthClient,
  type GrantedTokens,
  type OAuthServer,
  requestTokens,
  type TokenRequest,
} from './oauth.ts';

/** A consent in progress; stored until the user returns from Twilio. */
export interface BegunConsent {
  /** Twilio's consent page. */
  readonly url: URL;
  /** 256 random bits that Twilio returns in the redirect. */
  readonly state: string;
  /** PKCE's secret half; only its hash is in the URL. */
  readonly codeVerifier: string;
}

/** The redirect from Twilio's consent page, with the stored values of the {@link BegunConsent}. */
export interface ConsentRedirect {
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
   * Exchanges the code for tokens. A code is valid once.
   *
   * @throws {TwilioError} with the 321xxx/322xxx code when Twilio refuses the credential
   * @throws {TwilioResponseError} for a redirect or token response that does not conform to OAuth 2.0
   */
  exchange(app: TokenRequest, redirect: ConsentRedirect): Promise<GrantedTokens>;
}

export function createAuthorizationCode(server: OAuthServer): AuthorizationCode {
  return {
    async begin(app, redirectUri) {
      const state = oauth.randomState();
      const codeVerifier = oauth.randomPKCECodeVerifier();
      const url = oauth.buildAuthorizationUrl(createOAuthClient(server, app), {
        redirect_uri: redirectUri,
        // Without this scope Twilio issues no refresh token, and consent would end with the first access token.
        scope: 'offline_access',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, state, codeVerifier };
    },

    exchange(app, { query, redirectUri, state, codeVerifier }) {
      // Built from the redirect URI that was sent to Twilio, because behind a proxy the request has another host.
      const address = new URL(redirectUri);
      address.search = query.toString();
      const checks = { expectedState: state, pkceCodeVerifier: codeVerifier };
      return requestTokens(server, app, (client) => oauth.authorizationCodeGrant(client, address, checks));
    },
  };
}
