import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** CREDENTIAL_REFUSED: Twilio no longer renews the tokens of an organization app's credential. */
export class ConsentNeededError extends GatewayError {
  constructor(nickname: string, cause?: TwilioError) {
    super(
      'CREDENTIAL_REFUSED',
      `Twilio no longer renews the access of the credential "${nickname}": the consent was withdrawn or has expired, or the client secret was rotated. An administrator can give consent again at /credentials.`,
      { extensions: { credential: nickname, ...twilioDetails(cause) } },
    );
  }
}

/** CONSENT_EXPIRED: a redirect from Twilio's consent page for a consent that is finished, expired or unknown. */
export class ConsentExpiredError extends GatewayError {
  constructor() {
    super(
      'CONSENT_EXPIRED',
      'This consent is already finished, was started more than 10 minutes ago, or was not started here. Start again at /credentials.',
    );
  }
}

/** CONSENT_DENIED: the user denied consent at Twilio. */
export class ConsentDeniedError extends GatewayError {
  constructor(nickname: string) {
    super(
      'CONSENT_DENIED',
      `Consent for the credential "${nickname}" was denied at Twilio, and nothing was changed. Start again at /credentials to allow it.`,
    );
  }
}

/** CONSENT_FAILED: consent was given, but the gateway could not get or store a refresh token. */
export class ConsentFailedError extends GatewayError {
  constructor(why: string, cause?: TwilioError) {
    super('CONSENT_FAILED', `${why} Nothing was changed. Start again at /credentials.`, {
      extensions: twilioDetails(cause),
    });
  }
}

/** FORBIDDEN: another administrator started the consent. */
export class ConsentOwnerError extends GatewayError {
  constructor(name: string) {
    super(
      'FORBIDDEN',
      `This consent was started by another administrator than ${quote(name)}. Start again at /credentials.`,
    );
  }
}
