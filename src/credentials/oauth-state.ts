/**
 * What has to be remembered between sending a person to Twilio's consent page and their return. All of it
 * but the expiry is stored sealed, and the state itself as a hash: reading the table opens no flow.
 */
export interface OAuthState {
  /** The random value that travels through Twilio and back; good for one return. */
  readonly state: string;
  /** PKCE's secret half. */
  readonly codeVerifier: string;
  /** The nickname of the credential to be made or renewed. */
  readonly nickname: string;
  readonly dateExpires: Date;
  /** Whatever else the return needs, e.g. client id and secret, the account, who started it. */
  readonly details: Readonly<Record<string, string>>;
}
