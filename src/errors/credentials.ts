import { isHarmless } from '../log.ts';
import type { TwilioError } from '../twilio/errors.ts';
import { type ErrorEntry, field, quote, twilioDetails } from './entry.ts';

/** Maximum number of credentials that an error lists. */
const MAX_NAMES = 20;

/** The caller's role, which decides the advice in the message. */
type Role = 'READER' | 'ADMIN';

/** Errors of the credential that a read uses, and of the consent that an organization app's credential needs. */
export const CREDENTIAL_ERRORS = {
  CONSENT_DENIED: {
    ...field(422, 'credential'),
    when: 'The person denied access at Twilio.',
    action: 'Start again to allow it.',
    build: (nickname: string) =>
      `Consent for the credential "${nickname}" was denied at Twilio, and nothing was changed. Start again at /admin/credentials to allow it.`,
  },
  CONSENT_EXPIRED: {
    ...field(410, 'credential'),
    when: 'The consent is already complete, was started too long ago, or was not started here.',
    action: 'Start again.',
    build: () =>
      'This consent is already finished, was started more than 10 minutes ago, or was not started here. Start again at /admin/credentials.',
  },
  CONSENT_FAILED: {
    ...field(422, 'credential'),
    when: 'The person allowed access, but Twilio granted no permanent access.',
    action: 'See the message.',
    build: (reason: string, cause?: TwilioError) => ({
      message: `${reason} Nothing was changed. Start again at /admin/credentials.`,
      extensions: twilioDetails(cause),
    }),
  },
  CREDENTIAL_MISSING: {
    ...field(422, 'credential'),
    when: 'The caller has no credential for this account, or none at all.',
    action: 'Ask an ADMIN to grant or add one. Each account needs its own OAuth app.',
    /** @param refused the read that needs a credential of another account; absent when the caller has none at all */
    build(role: Role, refused?: { accountSid: string; nickname: string; cause: TwilioError }) {
      if (!refused) {
        return role === 'ADMIN'
          ? "There is no credential yet. Add a Twilio OAuth app's client id and secret as one, for example at /admin/credentials."
          : 'You may not use any credential. Ask an ADMIN to give you access to one.';
      }
      const { accountSid, nickname, cause } = refused;
      const remedy =
        role === 'ADMIN'
          ? `A Twilio OAuth app can access only its own account: create one in ${accountSid} and add its client id and secret as a credential.`
          : `Ask an ADMIN to give you access to a credential of ${accountSid}.`;
      return {
        message: `You may use no credential of account ${accountSid}, and Twilio refused access with the credential "${nickname}". ${remedy}`,
        extensions: { accountSid, credential: nickname, ...twilioDetails(cause) },
      };
    },
  },
  CREDENTIAL_REFUSED: {
    ...field(422, 'credential'),
    when: 'Twilio refuses the client secret or the token, or the account is not active.',
    action: 'Check the OAuth app, its secret and the account.',
    build: (nickname: string, grant: 'client_credentials' | 'authorization_code', cause?: TwilioError) => ({
      message:
        grant === 'client_credentials'
          ? `Twilio refused the credential "${nickname}". Check that its OAuth app still exists, that the account is active, and that the client secret is the current one.`
          : `Twilio no longer renews the access of the credential "${nickname}": the consent was withdrawn or has expired, or the client secret was rotated. An administrator can give consent again at /admin/credentials.`,
      extensions: { credential: nickname, ...twilioDetails(cause) },
    }),
  },
  CREDENTIAL_UNKNOWN: {
    ...field(404, 'credential'),
    when: 'No credential has this nickname.',
    action: 'Use a nickname that the message names.',
    build(nickname: string, known: readonly string[], argument: string) {
      const names =
        known.length > MAX_NAMES
          ? `${known.slice(0, MAX_NAMES).join(', ')} and ${known.length - MAX_NAMES} more`
          : known.join(', ');
      const list = known.length > 0 ? `Use one of: ${names}.` : 'You may not use any credential.';
      // The text may be a misplaced secret. GATEWAY_ADMIN_KEY, which may look like words, has at least 32 characters.
      const shown = nickname.length < 32 && isHarmless(nickname) ? nickname : '…';
      return {
        message: `There is no credential with the nickname ${quote(shown)}. ${list}`,
        extensions: { argument },
      };
    },
  },
  TWILIO_PERMISSION_MISSING: {
    ...field(422, 'credential'),
    when: 'The OAuth app lacks the permission `extensions.permission`.',
    action: 'Grant it in the Twilio Console.',
    build: (nickname: string, permission: string, cause: TwilioError) => ({
      message: `The credential "${nickname}" lacks Twilio's permission ${permission}. Grant it to the OAuth app in the Twilio Console, then try again.`,
      extensions: { credential: nickname, permission, ...twilioDetails(cause) },
    }),
  },
} satisfies Record<string, ErrorEntry>;
