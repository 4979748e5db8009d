import { isHarmless } from '../log.ts';
import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** Maximum number of credentials that an error lists. */
const MAX_NAMES = 20;

/** The caller's role, which decides the advice in the message. */
type Role = 'READER' | 'ADMIN';

/** CREDENTIAL_UNKNOWN: the caller may not use a credential with this nickname, or there is none. */
export class CredentialUnknownError extends GatewayError {
  constructor(nickname: string, known: readonly string[], place: string) {
    const names =
      known.length > MAX_NAMES
        ? `${known.slice(0, MAX_NAMES).join(', ')} and ${known.length - MAX_NAMES} more`
        : known.join(', ');
    const list = known.length > 0 ? `Use one of: ${names}.` : 'You may not use any credential.';
    // The text may be a misplaced secret. GATEWAY_ADMIN_KEY, which may look like words, has at least 32 characters.
    const shown = nickname.length < 32 && isHarmless(nickname) ? nickname : '…';
    super('CREDENTIAL_UNKNOWN', `There is no credential with the nickname ${quote(shown)}. ${list}`, {
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
        : 'You may not use any credential. Ask an ADMIN to give you access to one.',
    );
  }
}

/** CREDENTIAL_MISSING: the account needs a credential of its own, and the caller may use none. */
export class CredentialMissingError extends GatewayError {
  constructor(accountSid: string, triedNickname: string, role: Role, cause?: TwilioError) {
    const remedy =
      role === 'ADMIN'
        ? `A Twilio OAuth app can access only its own account: create one in ${accountSid} and add its client id and secret as a credential.`
        : `Ask an ADMIN to give you access to a credential of ${accountSid}.`;
    super(
      'CREDENTIAL_MISSING',
      `You may use no credential of account ${accountSid}, and Twilio refused access with the credential "${triedNickname}". ${remedy}`,
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
      `The credential "${nickname}" lacks Twilio's permission ${permission}. Grant it to the OAuth app in the Twilio Console, then try again.`,
      { extensions: { credential: nickname, permission, ...twilioDetails(cause) } },
    );
  }
}
