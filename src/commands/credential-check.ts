import { gatewayError } from '../errors/gateway-error.ts';
import { isSid, SID_PREFIX } from '../twilio/sid.ts';
import type { Arguments } from './command.ts';
import { type Command, type Io, JSON_OPTION, type Option, type Output } from './command.ts';
import { UsageError } from './command-errors.ts';
import { credentialOutput, permissionNote, permissionRows, permissionsJson } from './credential-output.ts';
import { findCredential } from './find.ts';
import { columns } from './output.ts';
import { readSecret } from './secret-input.ts';
import { CLI, type Session, withSession } from './session.ts';

export const OPERAND = 'ID|NICKNAME';
export const SECRET = 'Client secret';
export const SECRET_DETAILS =
  'The client secret is read from stdin if piped, otherwise from a hidden prompt.';
export const CLIENT_ID = { value: 'OQ…', about: "The OAuth app's client id." } satisfies Option;
export const ACCOUNT_SID = {
  value: 'AC…',
  about: 'Its account; needed only if the access token does not name it.',
} satisfies Option;

/** @throws {BAD_USER_INPUT} unless it is a SID, because it becomes part of a request's path */
export function accountSidOf(args: Arguments): string | undefined {
  const accountSid = args.text('account-sid')?.trim();
  if (accountSid === undefined || isSid(accountSid, SID_PREFIX.account)) return accountSid;
  throw gatewayError(
    'BAD_USER_INPUT',
    'An account SID is "AC" followed by 32 hexadecimal digits.',
    'accountSid',
  );
}

export const check: Command = {
  name: 'credential check',
  summary: 'Check a Twilio OAuth app or a stored credential, and show its permissions.',
  details: `With ${OPERAND} the results are stored with the credential. With --client-id nothing is stored.
${SECRET_DETAILS}`,
  operand: { name: OPERAND, required: false },
  options: { 'client-id': CLIENT_ID, 'account-sid': ACCOUNT_SID, ...JSON_OPTION },
  run: async (args, io) => {
    const clientId = args.text('client-id');
    const { operand } = args;
    if ((operand === undefined) === (clientId === undefined)) {
      throw new UsageError(`credential check needs either ${OPERAND} or --client-id.`);
    }
    if (operand !== undefined && args.text('account-sid') !== undefined) {
      throw new UsageError(`--account-sid requires --client-id, not ${OPERAND}.`, '--account-sid');
    }
    const accountSid = accountSidOf(args);
    return withSession(io, async (session) => {
      if (clientId !== undefined) return checkNew(session, io, clientId, accountSid);
      const { id } = await findCredential(session, operand ?? '', OPERAND);
      return credentialOutput(await session.admin.credentials.recheck(CLI, id), session.isOfSettings);
    });
  },
};

async function checkNew(
  { admin }: Session,
  io: Io,
  clientId: string,
  accountSid: string | undefined,
): Promise<Output> {
  const clientSecret = await readSecret(io, SECRET);
  const result = await admin.credentials.check(CLI, { clientId, accountSid, clientSecret });
  const { accountFriendlyName, permissions } = result;
  const note = permissionNote(permissions);
  return {
    json: { accountSid: result.accountSid, accountFriendlyName, permissions: permissionsJson(permissions) },
    text: columns([
      ['Account', `${result.accountSid}${accountFriendlyName === null ? '' : `  ${accountFriendlyName}`}`],
      ...permissionRows(permissions),
    ]),
    ...(note ? { note } : {}),
  };
}
