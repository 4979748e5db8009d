import { accountOfToken } from '../auth/access-tokens.ts';
import type { GrantedTokens } from '../auth/oauth.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { TwilioError, TwilioResponseError } from '../twilio/errors.ts';

/** Checks the callback's `error` parameter. @throws {CONSENT_DENIED} {CONSENT_FAILED} */
export function checkCallback(query: URLSearchParams, nickname: string): void {
  const error = query.get('error');
  if (error === 'access_denied') throw gatewayError('CONSENT_DENIED', nickname);
  if (error === null) return;
  // The URL is untrusted, so only text in the form of OAuth's error codes is repeated.
  const code = /^[a-z_]{1,40}$/.test(error) ? ` with "${error}"` : '';
  throw gatewayError(
    'CONSENT_FAILED',
    `Twilio rejected the authorization request${code}. Check that the app is an organization OAuth app and that the redirect URI of this gateway is registered with it.`,
  );
}

/** @throws {CONSENT_FAILED} without a refresh token, or when the access token names no account */
export function checkGrant({ access, refreshToken }: GrantedTokens) {
  if (refreshToken === null) {
    throw gatewayError(
      'CONSENT_FAILED',
      'Twilio issued no refresh token, so access would end within an hour. Allow the OAuth app the scope offline_access in the Twilio Console.',
    );
  }
  const accountSid = accountOfToken(access.value);
  if (accountSid === null) {
    throw gatewayError(
      'CONSENT_FAILED',
      "Twilio's access token does not name an account. Let the OAuth app act for one account, or add an account's own OAuth app as a credential instead.",
    );
  }
  return { accessToken: access.value, refreshToken, accountSid };
}

/** Maps an error of Twilio to one for clients; returns any other error unchanged. */
export function explainConsent(error: unknown, timeoutMs: number): unknown {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return gatewayError('REQUEST_TIMEOUT', timeoutMs);
  if (error instanceof TwilioResponseError) {
    return gatewayError('CONSENT_FAILED', `Twilio's response is invalid: ${error.message}.`);
  }
  if (!(error instanceof TwilioError)) return error;
  if (error.status === 429) return gatewayError('TWILIO_RATE_LIMITED', error);
  if (error.status === 0 || error.status >= 500) return gatewayError('TWILIO_UNAVAILABLE', error);
  return gatewayError(
    'CONSENT_FAILED',
    error.source === 'oauth'
      ? 'Twilio rejected the authorization code. A code is valid once and for 5 minutes; otherwise check the client secret.'
      : 'Twilio issued an access token, but rejects reads with it. Check that the account is active.',
    error,
  );
}
