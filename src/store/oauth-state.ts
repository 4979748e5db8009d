/**
 * State of an authorization code flow, from the redirect to Twilio's consent page until the callback. The store
 * has only a hash of `state` and seals the rest but the expiry, so that a copy of the table is useless.
 */
export interface OAuthState {
  /** OAuth's random `state` parameter; valid for one callback. */
  readonly state: string;
  /** PKCE's code verifier. */
  readonly codeVerifier: string;
  /** The nickname of the credential to create or renew. */
  readonly nickname: string;
  readonly dateExpires: Date;
  /** Further values for the callback, e.g. client id and secret, and the actor who started the flow. */
  readonly details: Readonly<Record<string, string>>;
}
