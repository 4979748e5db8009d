import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** CREDENTIAL_REFUSED: a credential that somebody consented to can no longer be renewed. */
export class ConsentNeededError extends GatewayError {
  constructor(nickname: string, cause?: TwilioError) {
    super(
      'CREDENTIAL_REFUSED',
      `Twilio no longer renews the access of the credential "${nickname}": the consent was withdrawn or has expired, or the client secret was rotated. An administrator can give consent again at /credentials.`,
      { extensions: { credential: nickname, ...twilioDetails(cause) } },
    );
  }
}

/** CONSENT_EXPIRED: whoever comes back from Twilio's consent page is not, or no longer, expected. */
export class ConsentExpiredError extends GatewayError {
  constructor() {
    super(
      'CONSENT_EXPIRED',
      'This consent was finished before, was begun more than 10 minutes ago, or was not begun here. Begin again at /credentials.',
    );
  }
}

/** CONSENT_DENIED: asked by Twilio, the person said no. */
export class ConsentDeniedError extends GatewayError {
  constructor(nickname: string) {
    super(
      'CONSENT_DENIED',
      `Consent for the credential "${nickname}" was denied at Twilio, and nothing was changed. Begin again at /credentials to allow it.`,
    );
  }
}

/** CONSENT_FAILED: consent was given, but no lasting access came of it. */
export class ConsentFailedError extends GatewayError {
  constructor(why: string, cause?: TwilioError) {
    super('CONSENT_FAILED', `${why} Nothing was changed. Begin again at /credentials.`, {
      extensions: twilioDetails(cause),
    });
  }
}

/** FORBIDDEN: somebody else began the consent. */
export class ConsentForeignError extends GatewayError {
  constructor(name: string) {
    super(
      'FORBIDDEN',
      `Another administrator than ${quote(name)} began this consent. Whoever begins must finish: begin again at /credentials.`,
    );
  }
}
