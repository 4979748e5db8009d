import type { GrantedTokens } from '../auth/oauth.ts';
import { accountOfToken } from '../auth/token-account.ts';
import { ConsentDeniedError, ConsentFailedError } from '../errors/consent.ts';
import { RateLimitedError, RequestTimeoutError, UnavailableError } from '../errors/upstream.ts';
import { TwilioError, TwilioResponseError } from '../twilio-error.ts';

/** @throws when the person said no, or Twilio did not even ask them */
export function checkAnswer(query: URLSearchParams, nickname: string): void {
  const error = query.get('error');
  if (error === 'access_denied') throw new ConsentDeniedError(nickname);
  if (error === null) return;
  // Whoever makes an address can write anything here; OAuth's own codes look like this.
  const code = /^[a-z_]{1,40}$/.test(error) ? ` with "${error}"` : '';
  throw new ConsentFailedError(
    `Twilio refused to ask for consent${code}. Check that the app is an organization OAuth app and that the redirect URI of this gateway is registered with it.`,
  );
}

/** @throws {ConsentFailedError} where no lasting access to one account was given */
export function checkGrant({ access, refreshToken }: GrantedTokens) {
  if (refreshToken === null) {
    throw new ConsentFailedError(
      'Twilio gave no refresh token, so that access would end within the hour. Allow the OAuth app the scope offline_access in the Twilio Console.',
    );
  }
  const accountSid = accountOfToken(access.value);
  if (accountSid === null) {
    throw new ConsentFailedError(
      "Twilio's access token does not say which account it is for. Let the OAuth app act for one account, or add an account's own OAuth app as a credential instead.",
    );
  }
  return { accessToken: access.value, refreshToken, accountSid };
}

/** Turns what went wrong at Twilio into the error the client sees; anything else is returned as it is. */
export function explainConsent(error: unknown, timeoutMs: number): unknown {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new RequestTimeoutError(timeoutMs);
  if (error instanceof TwilioResponseError) {
    return new ConsentFailedError(`What came back from Twilio cannot be used: ${error.message}.`);
  }
  if (!(error instanceof TwilioError)) return error;
  if (error.status === 429) return new RateLimitedError(error);
  if (error.status === 0 || error.status >= 500) return new UnavailableError(error);
  return new ConsentFailedError(
    error.source === 'oauth'
      ? 'Twilio did not take the code. It is good for 5 minutes and once; otherwise check the client secret.'
      : 'Twilio gave an access token, but refuses reads with it. Check that the account is active.',
    error,
  );
}
