import { isHarmless } from '../log.ts';
import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** Credentials that an error names. */
const MAX_NAMES = 20;

/** The caller's, who is told what to do. */
type Role = 'READER' | 'ADMIN';

/** CREDENTIAL_UNKNOWN: no credential of that nickname is the caller's to use. */
export class CredentialUnknownError extends GatewayError {
  constructor(nickname: string, known: readonly string[], place: string) {
    const names =
      known.length > MAX_NAMES
        ? `${known.slice(0, MAX_NAMES).join(', ')} and ${known.length - MAX_NAMES} more`
        : known.join(', ');
    const list = known.length > 0 ? `Use one of: ${names}.` : 'There is none that you may use.';
    // It may be a secret in the wrong place. GATEWAY_ADMIN_KEY, which may look like words, has 32 characters or more.
    const shown = nickname.length < 32 && isHarmless(nickname) ? nickname : '…';
    super('CREDENTIAL_UNKNOWN', `No credential is called ${quote(shown)}. ${list}`, {
      extensions: { argument: place },
    });
  }
}

/** CREDENTIAL_MISSING: the caller has no credential at all. */
export class NoCredentialError extends GatewayError {
  constructor(role: Role) {
    super(
      'CREDENTIAL_MISSING',
      role === 'ADMIN'
        ? "There is no credential yet. Add a Twilio OAuth app's client id and secret as one, for example on the page /credentials."
        : 'You have not been given a credential to read with. Ask an ADMIN to let you use one.',
    );
  }
}

/** CREDENTIAL_MISSING: the account can only be read with a credential of its own, and there is none. */
export class CredentialMissingError extends GatewayError {
  constructor(accountSid: string, triedNickname: string, role: Role, cause?: TwilioError) {
    const remedy =
      role === 'ADMIN'
        ? `A Twilio OAuth app opens only the account it was made in: create one in ${accountSid} and add its client id and secret as a credential.`
        : `Ask an ADMIN to let you use a credential of ${accountSid}.`;
    super(
      'CREDENTIAL_MISSING',
      `No credential of account ${accountSid} may be used here, and Twilio refused it under the credential "${triedNickname}". ${remedy}`,
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
