import { setTimeout } from 'node:timers/promises';
import * as oauth from 'openid-client';
import { MAX_TOKEN_BYTES } from '../twilio/response-limits.ts';
import type { UpstreamFetch } from '../twilio/types.ts';
import {
  ownError,
  TwilioError,
  TwilioResponseError,
  TwilioResponseNotJsonError,
  TwilioResponseTooLargeError,
} from '../twilio-error.ts';

export interface AccessToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenRequest {
  clientId: string;
  clientSecret: string;
}

/** Asks Twilio for a fresh access token. @throws {TwilioError} with the 321xxx/322xxx code of a refusal. */
export type RequestToken = (request: TokenRequest) => Promise<AccessToken>;

/** Of one token request, where what went wrong may pass. */
const MAX_ATTEMPTS = 3;

/** Twilio's documented default, for an answer that leaves `expires_in` out. */
const DEFAULT_LIFETIME_S = 3600;

/** openid-client's codes for an answer that came, but cannot be read as a token. */
const MISREAD = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** What a grant at the token endpoint gave. */
export interface GrantedTokens {
  readonly access: AccessToken;
  /** Null with client credentials, and where it was not asked for or stays as it is. */
  readonly refreshToken: string | null;
}

export interface OAuthServer {
  oauthUrl: URL;
  fetch: UpstreamFetch;
  timeoutMs: number;
  now?: () => number;
}

type Grant = (client: oauth.Configuration) => ReturnType<typeof oauth.clientCredentialsGrant>;

/** Makes an app known to openid-client as Twilio wants it. */
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
  // Only a sandbox is reached by plain http; config refuses it for any other host than loopback.
  if (oauthUrl.protocol === 'http:') oauth.allowInsecureRequests(client);
  return client;
}

/**
 * Runs one of openid-client's grants against `POST /v2/token`: client id and secret travel in the
 * form-encoded body.
 *
 * @throws {TwilioError} {TwilioResponseError} without any of what was sent or answered in them
 * @see https://www.twilio.com/docs/iam/oauth-apps/oauth-access-token
 */
export async function askForTokens(
  server: OAuthServer,
  app: TokenRequest,
  grant: Grant,
): Promise<GrantedTokens> {
  const { now = Date.now } = server;
  const client = createOAuthClient(server, app);
  for (let attempt = 1; ; attempt += 1) {
    const askedAt = now();
    try {
      const answer = await grant(client);
      // Not the library's expiresIn(), which counts down by a clock of its own.
      const lifetime = answer.expires_in ?? DEFAULT_LIFETIME_S;
      const access = { value: answer.access_token, expiresAt: askedAt + lifetime * 1000 };
      return { access, refreshToken: answer.refresh_token || null };
    } catch (error) {
      const reason = toTwilioError(error);
      if (attempt === MAX_ATTEMPTS || !isPassing(reason)) throw reason;
      await setTimeout(Math.random() * 100 * 2 ** attempt);
    }
  }
}

/** Makes the client-credentials grant of OAuth 2.0, which needs nobody's consent. */
export function createTokenRequest(server: OAuthServer): RequestToken {
  return async (app) => (await askForTokens(server, app, oauth.clientCredentialsGrant)).access;
}

/**
 * Hands openid-client what it needs of a token response, and nothing else: it rejects the nulls and empty
 * strings that Twilio sends, and would check an `id_token` of any kind as one of OpenID Connect, though nothing
 * here reads it. Twilio's errors are its own JSON, not OAuth's, and are thrown before the library sees them.
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
  // What cannot be sent in a header is no token; the error of whoever tried would repeat it.
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]+$/.test(access_token)) {
    throw new TwilioResponseError('the token answer has no access token');
  }
  return Response.json({
    access_token,
    token_type: given(token_type) ?? 'Bearer',
    expires_in: given(expires_in),
    refresh_token: typeof refresh_token === 'string' ? given(refresh_token) : undefined,
  });
}

/** Undefined for what Twilio writes in the place of nothing; an undefined key is not written. */
function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A broken connection, a server out of order, or a page that something on the way put in the response's place. A code or a refresh token may be used up by then, but what
 * came of it has not arrived: asking again at once loses nothing, and is in time for a server's grace.
 */
function isPassing(error: Error): boolean {
  if (error instanceof TwilioResponseNotJsonError) return true;
  return error instanceof TwilioError && (error.status === 0 || error.status >= 500);
}

/** openid-client wraps what its fetch threw; the reason is what callers branch on. */
function toTwilioError(error: unknown): Error {
  const own = ownError(error);
  if (own) return own;
  if (error instanceof oauth.ClientError && MISREAD.has(error.code ?? '')) {
    // The library's error has the answer in it, and a token may be in that: only its words are kept.
    const words = error.cause instanceof Error ? error.cause.message : error.message;
    return new TwilioResponseError('the token answer is not what OAuth 2.0 asks for', {
      cause: new Error(words),
    });
  }
  return TwilioError.unreachable('oauth', error);
}
