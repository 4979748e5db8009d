import { gatewayError } from '../errors/gateway-error.ts';
import type { AccountRead } from '../loaders/message-source.ts';
import type { RequestLoaders } from '../loaders/request-loaders.ts';
import { builder } from './builder.ts';

/** More accounts than one read covers. */
export const MAX_ACCOUNTS = 50;

/** Which accounts a read covers. */
export interface AccountSelection {
  readonly sids?: readonly string[] | null | undefined;
  readonly all?: boolean | null | undefined;
}

export const AccountSelectionInput = builder.inputType('AccountSelection', {
  description: `Which accounts a read covers; exactly one field. At most ${MAX_ACCOUNTS} accounts.`,
  isOneOf: true,
  fields: (t) => ({
    sids: t.field({ type: ['AccountSid'], description: 'These accounts.' }),
    all: t.boolean({ description: "True: every account that the caller's credentials open." }),
  }),
});

export const IN_DESCRIPTION =
  'Reads several accounts at once. Accounts that cannot be read are listed in `unavailable`.';

/**
 * Returns the accounts of a read, each with the credential that opens it.
 *
 * @throws {ACCOUNT_SELECTION_INVALID} {CREDENTIAL_MISSING} {CREDENTIAL_UNKNOWN}
 */
export function selectAccounts(
  loaders: RequestLoaders,
  selection: AccountSelection | null | undefined,
  accountSid?: string | null,
): readonly AccountRead[] {
  const own = loaders.own();
  const read = (sid: string): AccountRead => ({ accountSid: sid, via: loaders.forAccount(sid, own) });
  if (!selection) return [read(accountSid ?? own.credential.accountSid)];
  if (accountSid) throw gatewayError('ACCOUNT_SELECTION_INVALID', 'accountSid and in were given');
  if (selection.all === false) throw gatewayError('ACCOUNT_SELECTION_INVALID', '"all" is false');
  const sids = new Set(selection.sids ?? loaders.credentials.map((credential) => credential.accountSid));
  if (sids.size === 0) throw gatewayError('ACCOUNT_SELECTION_INVALID', '"sids" is empty');
  if (sids.size > MAX_ACCOUNTS) {
    throw gatewayError('ACCOUNT_SELECTION_INVALID', `${sids.size} accounts are more than ${MAX_ACCOUNTS}`);
  }
  return [...sids].map(read);
}
