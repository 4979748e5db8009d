import { accountOfToken } from '../auth/access-tokens.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { explainRejection } from '../loaders/explain-rejection.ts';
import { type PermissionCheck, probePermissions } from '../loaders/permissions.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { isSid, SID_PREFIX } from '../twilio/sid.ts';

export interface CheckInput {
  clientId: string;
  clientSecret: string;
  /** Required only if the access token does not name its account. */
  accountSid?: string | null | undefined;
}

/** The result of checking a client id and secret. */
export interface CredentialCheck {
  readonly accountSid: string;
  /** Null if the app may not read its own account. */
  readonly accountFriendlyName: string | null;
  readonly permissions: readonly PermissionCheck[];
}

/**
 * Requests a token from Twilio and probes its permissions. Stores nothing.
 *
 * @throws {BAD_USER_INPUT} for a malformed client id, secret or account SID, or a missing account SID
 * @throws {CREDENTIAL_REFUSED} when Twilio refuses the credential
 * @throws {ACCOUNT_MISMATCH} when it opens another account than `accountSid`
 */
export async function checkCredential(
  sessions: CredentialSessions,
  input: CheckInput,
  timeoutMs: number,
): Promise<CredentialCheck> {
  const clientId = input.clientId.trim();
  const clientSecret = input.clientSecret.trim();
  checkFormat(clientId, clientSecret);
  const given = input.accountSid?.trim();
  // It becomes part of a request's path.
  if (given !== undefined && !isSid(given, SID_PREFIX.account)) {
    throw gatewayError(
      'BAD_USER_INPUT',
      'An account SID is "AC" followed by 32 hexadecimal digits.',
      'accountSid',
    );
  }
  const scope = { signal: AbortSignal.timeout(timeoutMs) };
  try {
    const token = await sessions.requestToken({ clientId, clientSecret });
    const actual = accountOfToken(token.value);
    const accountSid = given ?? actual;
    if (!accountSid) {
      throw gatewayError(
        'BAD_USER_INPUT',
        "Twilio's access token does not name its account. Pass accountSid as well.",
        'accountSid',
      );
    }
    if (actual && actual !== accountSid) throw gatewayError('ACCOUNT_MISMATCH', accountSid, actual);
    const client = sessions.withToken(token.value, accountSid);
    const permissions = await probePermissions(client, accountSid, scope);
    const mayRead = permissions.some(({ permission, granted }) => permission === 'ACCOUNTS_READ' && granted);
    const account = mayRead ? await client.read(accounts, { Sid: accountSid }, scope) : null;
    return { accountSid, accountFriendlyName: account?.value.friendly_name ?? null, permissions };
  } catch (error) {
    const accountSid = given ?? '';
    const credential = { nickname: clientId, accountSid, kind: 'client_credentials' as const };
    throw explainRejection(error, { credential, accountSid, permission: accounts.read.permission });
  }
}

/** @throws {BAD_USER_INPUT} */
export function checkFormat(clientId: string, clientSecret: string): void {
  if (!isSid(clientId, SID_PREFIX.oauthApp)) {
    throw gatewayError(
      'BAD_USER_INPUT',
      'A client id is "OQ" followed by 32 hexadecimal digits. Copy it from the OAuth app in the Twilio Console.',
      'clientId',
    );
  }
  checkSecretFormat(clientSecret);
}

export function checkSecretFormat(clientSecret: string): void {
  if (!/^\S{16,256}$/.test(clientSecret.trim())) {
    throw gatewayError(
      'BAD_USER_INPUT',
      'A client secret has 16 to 256 characters and no spaces. Copy it in full from the Twilio Console.',
      'clientSecret',
    );
  }
}
