import { setTimeout } from 'node:timers/promises';
import * as oauth from 'openid-client';
import {
  ownError,
  TwilioError,
  TwilioResponseError,
  TwilioResponseNotJsonError,
  TwilioResponseTooLargeError,
} from '../twilio/errors.ts';
import { MAX_TOKEN_BYTES } from '../twilio/response-limits.ts';
import type { UpstreamFetch } from '../twilio/types.ts';

export interface AccessToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenRequest {
  clientId: string;
  clientSecret: string;
}

/** Requests an access token. @throws {TwilioError} with a 321xxx/322xxx code when Twilio refuses the credential */
export type RequestToken = (request: TokenRequest) => Promise<AccessToken>;

/** Attempts of one token request that fails temporarily. */
const MAX_ATTEMPTS = 3;

/** Twilio's documented default, for a response without `expires_in`. */
const DEFAULT_LIFETIME_S = 3600;

/** openid-client's codes for a response that is not a valid token response. */
const INVALID_RESPONSE = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** The tokens that the token endpoint issued. */
export interface GrantedTokens {
  readonly access: AccessToken;
  /** Null with client credentials, and when the response contains no new one. */
  readonly refreshToken: string | null;
}

export interface OAuthServer {
  oauthUrl: URL;
  fetch: UpstreamFetch;
  timeoutMs: number;
  now?: () => number;
}

type Grant = (client: oauth.Configuration) => ReturnType<typeof oauth.clientCredentialsGrant>;

/** Configures openid-client for an app at Twilio. */
export function createOAuthClient({ oauthUrl, fetch, timeoutMs }: OAuthServer, app: TokenRequest) {
  const server = {
    issuer: oauthUrl.origin,
    authorization_endpoint: new URL('/v2/authorize', oauthUrl).href,
    token_endpoint: new URL('/v2/token', oauthUrl).href,
  };
  const secret = oauth.ClientSecretPost(app.clientSecret);
  const client = new oauth.Configuration(server, app.clientId, undefined, secret);
  client.timeout = Math.ceil(timeoutMs / 1000);
  client[oauth.customFetch] = (url, init) => fetchToken(fetch, url, init as RequestInit);
  // Only a sandbox uses plain http; the configuration rejects it for hosts other than loopback.
  if (oauthUrl.protocol === 'http:') oauth.allowInsecureRequests(client);
  return client;
}

/**
 * Runs one of openid-client's grants against `POST /v2/token`, with client id and secret in the form-encoded body.
 *
 * @throws {TwilioError} {TwilioResponseError} that contain nothing of the request or response body
 * @see https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token
 */
export async function requestTokens(
  server: OAuthServer,
  app: TokenRequest,
  grant: Grant,
): Promise<GrantedTokens> {
  const { now = Date.now } = server;
  const client = createOAuthClient(server, app);
  for (let attempt = 1; ; attempt += 1) {
    const requestedAt = now();
    try {
      const response = await grant(client);
      // Not the library's expiresIn(), which uses its own clock.
      const lifetime = response.expires_in ?? DEFAULT_LIFETIME_S;
      const access = { value: response.access_token, expiresAt: requestedAt + lifetime * 1000 };
      return { access, refreshToken: response.refresh_token || null };
    } catch (error) {
      const reason = toTwilioError(error);
      if (attempt === MAX_ATTEMPTS || !isTemporary(reason)) throw reason;
      await setTimeout(Math.random() * 100 * 2 ** attempt);
    }
  }
}

/** Creates a token request with the client credentials grant of OAuth 2.0, which needs no consent. */
export function createTokenRequest(server: OAuthServer): RequestToken {
  return async (app) => (await requestTokens(server, app, oauth.clientCredentialsGrant)).access;
}

/**
 * Reduces a token response to the fields that openid-client needs: the library rejects the nulls and empty strings
 * that Twilio sends, and would validate an `id_token`, which nothing here reads. Twilio's errors have their own JSON
 * form instead of OAuth's, and are thrown before the library sees them.
 */
async function fetchToken(fetch: UpstreamFetch, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) {
    const body = text.length > MAX_TOKEN_BYTES ? undefined : parseJson(text);
    throw TwilioError.of('oauth', response.status, response.headers, body);
  }
  if (text.length > MAX_TOKEN_BYTES) throw new TwilioResponseTooLargeError(MAX_TOKEN_BYTES);
  const body = parseJson(text);
  if (body === undefined) throw new TwilioResponseNotJsonError();
  const { access_token, expires_in, refresh_token, token_type } = Object(body) as Record<string, unknown>;
  // A token with other characters cannot be sent in a header, and the resulting error would contain it.
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]+$/.test(access_token)) {
    throw new TwilioResponseError('the token response has no access token');
  }
  return Response.json({
    access_token,
    token_type: presentOrUndefined(token_type) ?? 'Bearer',
    expires_in: presentOrUndefined(expires_in),
    refresh_token: typeof refresh_token === 'string' ? presentOrUndefined(refresh_token) : undefined,
  });
}

/** Turns null and the empty string, which Twilio sends for a missing value, into undefined, which JSON drops. */
function presentOrUndefined(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

/** Parses JSON; undefined if it is invalid. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a retry may help: after a connection failure, a 5xx or a proxy's page. The code or refresh token may already
 * be spent, but the response was lost, so a retry loses nothing and may fall into the server's grace period.
 */
function isTemporary(error: Error): boolean {
  if (error instanceof TwilioResponseNotJsonError) return true;
  return error instanceof TwilioError && (error.status === 0 || error.status >= 500);
}

/** Unwraps openid-client's error into the error that callers branch on. */
function toTwilioError(error: unknown): Error {
  const own = ownError(error);
  if (own) return own;
  if (error instanceof oauth.ClientError && INVALID_RESPONSE.has(error.code ?? '')) {
    // The library's error contains the response, perhaps with a token: only its message is used.
    const message = error.cause instanceof Error ? error.cause.message : error.message;
    return new TwilioResponseError('the token response does not conform to OAuth 2.0', {
      cause: new Error(message),
    });
  }
  return TwilioError.unreachable('oauth', error);
}
