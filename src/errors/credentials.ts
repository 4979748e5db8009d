import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** Credentials that an error names. */
const MAX_NAMES = 20;

/** CREDENTIAL_UNKNOWN: no credential of that nickname is the caller's to use. */
export class CredentialUnknownError extends GatewayError {
  constructor(nickname: string, known: readonly string[], place: string) {
    const names =
      known.length > MAX_NAMES
        ? `${known.slice(0, MAX_NAMES).join(', ')} and ${known.length - MAX_NAMES} more`
        : known.join(', ');
    const list = known.length > 0 ? `Use one of: ${names}.` : 'No credential is configured.';
    super('CREDENTIAL_UNKNOWN', `No credential is called ${quote(nickname)}. ${list}`, {
      extensions: { argument: place },
    });
  }
}

/** CREDENTIAL_MISSING: the account can only be read with a credential of its own, and there is none. */
export class CredentialMissingError extends GatewayError {
  constructor(accountSid: string, triedNickname: string, cause?: TwilioError) {
    super(
      'CREDENTIAL_MISSING',
      `No credential of account ${accountSid} may be used here, and Twilio refused it under the credential "${triedNickname}". A Twilio OAuth app opens only the account it was made in: create one in ${accountSid} and add its client id and secret as a credential.`,
      { extensions: { accountSid, credential: triedNickname, ...twilioDetails(cause) } },
    );
  }
}

/** CREDENTIAL_REFUSED: Twilio does not accept the credential's client id and secret, or its token. */
export class CredentialRefusedError extends GatewayError {
  constructor(nickname: string, cause?: TwilioError) {
    super(
      'CREDENTIAL_REFUSED',
      `Twilio refused the credential "${nickname}". Check that its OAuth app still exists, that the account is active, and that the client secret is the current one.`,
      { extensions: { credential: nickname, ...twilioDetails(cause) } },
    );
  }
}

/** TWILIO_PERMISSION_MISSING: the credential's OAuth app lacks one of Twilio's permissions. */
export class PermissionMissingError extends GatewayError {
  constructor(nickname: string, permission: string, cause: TwilioError) {
    super(
      'TWILIO_PERMISSION_MISSING',
      `The credential "${nickname}" lacks Twilio's permission ${permission}. Grant it to the OAuth app in the Twilio Console, then ask again.`,
      { extensions: { credential: nickname, permission, ...twilioDetails(cause) } },
    );
  }
}
