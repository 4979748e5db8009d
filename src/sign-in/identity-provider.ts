import * as oauth from 'openid-client';
import { type OidcSettings, readClaims } from '../auth/oidc.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { SessionUser } from './session.ts';

/** Sign-in of people with an identity provider. */
export interface SignInSettings {
  /** The gateway's own registration at the provider. */
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string | undefined;
  /** The scopes that are asked for, `openid` among them. */
  readonly scope: string;
  /** How long a session lasts until the provider is asked again. */
  readonly sessionMs: number;
}

/** A sign-in in progress. It is sealed in a cookie until the browser returns from the provider. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface IdentityProvider {
  /** The provider's host, to be shown. */
  readonly host: string;
  /** @throws {ISSUER_UNAVAILABLE} */
  begin(redirectUri: string): Promise<SignInAttempt & { readonly url: URL }>;
  /**
   * Exchanges the code of the redirect for the user. A code is valid once.
   *
   * @throws {SignInError} when the provider or the user rejected the sign-in, or the redirect belongs to no sign-in of this browser
   * @throws {ISSUER_UNAVAILABLE}
   */
  finish(redirectUri: string, query: URLSearchParams, begun: SignInAttempt): Promise<SessionUser>;
}

/** Why nobody was signed in: a sentence for the login page. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

const TIMEOUT_S = 5;
/** When to try again, in seconds. */
const RETRY_S = 5;
/** The session is a cookie, of which browsers keep 4,096 bytes. */
const MAX_USER_BYTES = 2_000;

/**
 * Signs people in by the authorization code flow with PKCE, state and nonce. The ID token's signature is checked although it comes
 * straight from the provider. What it says of the user's role and credentials counts until the session ends.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export function createIdentityProvider(
  oidc: OidcSettings,
  settings: SignInSettings,
  { log, now }: { readonly log: Pick<Logger, 'info' | 'warn'>; readonly now: () => number },
): IdentityProvider {
  const issuer = new URL(oidc.issuer);
  let provider: Promise<oauth.Configuration> | undefined;

  /** Discovered once, and again after a failure. */
  function discover(): Promise<oauth.Configuration> {
    provider ??= oauth
      .discovery(issuer, settings.clientId, settings.clientSecret, authenticationOf(settings), {
        timeout: TIMEOUT_S,
        // The setting accepts http for this machine only.
        execute: [
          oauth.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [oauth.allowInsecureRequests] : []),
        ],
      })
      .catch((err: unknown) => {
        provider = undefined;
        log.warn({ err }, 'the OIDC issuer could not be discovered');
        throw gatewayError('ISSUER_UNAVAILABLE', RETRY_S);
      });
    return provider;
  }

  return {
    host: issuer.host,

    async begin(redirectUri) {
      const client = await discover();
      const [state, nonce] = [oauth.randomState(), oauth.randomNonce()];
      const codeVerifier = oauth.randomPKCECodeVerifier();
      const url = oauth.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, state, nonce, codeVerifier };
    },

    async finish(redirectUri, query, { state, nonce, codeVerifier }) {
      const client = await discover();
      const address = new URL(redirectUri);
      address.search = query.toString();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier };
      const tokens = await oauth.authorizationCodeGrant(client, address, checks).catch((err: unknown) => {
        log.info({ reason: reasonOf(err) }, 'a sign-in was rejected');
        if (err instanceof TypeError) throw gatewayError('ISSUER_UNAVAILABLE', RETRY_S);
        throw new SignInError(
          err instanceof oauth.AuthorizationResponseError && err.error === 'access_denied'
            ? `${issuer.host} did not let you sign in.`
            : `The sign-in at ${issuer.host} did not succeed. Try again.`,
        );
      });
      const { subject, role, nicknames, fieldPolicy } = readClaims(tokens.claims() ?? {}, oidc);
      const expires = now() + settings.sessionMs;
      const user = { subject, role, nicknames: [...nicknames], fieldPolicy, expires };
      if (Buffer.byteLength(JSON.stringify(user)) > MAX_USER_BYTES) {
        throw new SignInError(
          'The identity provider says too much about you. Name fewer credentials in its claim.',
        );
      }
      return user;
    },
  };
}

function authenticationOf({ clientSecret }: SignInSettings): oauth.ClientAuth {
  return clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(clientSecret);
}

/** A code of the library's; its messages may quote what the provider sent. */
function reasonOf(error: unknown): string {
  const {
    name = 'Error',
    code,
    error: refused,
  } = error as { name?: string; code?: unknown; error?: unknown };
  const word = [refused, code].find((text) => typeof text === 'string' && /^[\w-]{1,60}$/.test(text));
  return word === undefined ? name : `${name}: ${word}`;
}
