import { BadUserInputError } from '../errors/input.ts';
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
  'The client secret is read from stdin where that is piped in, else it is asked for and not shown.';
export const CLIENT_ID = { value: 'OQ…', about: "The OAuth app's client id." } satisfies Option;
export const ACCOUNT_SID = {
  value: 'AC…',
  about: 'Its account; needed only where the access token does not name it.',
} satisfies Option;

/** @throws {BadUserInputError} for what would go into the path of a request and is no SID */
export function accountSidOf(args: Arguments): string | undefined {
  const accountSid = args.text('account-sid')?.trim();
  if (accountSid === undefined || isSid(accountSid, SID_PREFIX.account)) return accountSid;
  throw new BadUserInputError('An account SID is "AC" followed by 32 hexadecimal digits.', {
    argument: 'accountSid',
  });
}

export const check: Command = {
  name: 'credential check',
  summary: 'Try a Twilio OAuth app, or a credential that is kept, and show its permissions.',
  details: `With ${OPERAND} the credential is tried and what was found is kept. With --client-id nothing is kept.
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
      throw new UsageError(`--account-sid goes with --client-id, not with ${OPERAND}.`, '--account-sid');
    }
    const accountSid = accountSidOf(args);
    return withSession(io, async (session) => {
      if (clientId !== undefined) return checkNew(session, io, clientId, accountSid);
      const { id } = await findCredential(session, operand ?? '', OPERAND);
      return credentialOutput(await session.management.credentials.recheck(CLI, id), session.isOfSettings);
    });
  },
};

async function checkNew(
  { management }: Session,
  io: Io,
  clientId: string,
  accountSid: string | undefined,
): Promise<Output> {
  const clientSecret = await readSecret(io, SECRET);
  const found = await management.credentials.check(CLI, { clientId, accountSid, clientSecret });
  const { accountFriendlyName, permissions } = found;
  const note = permissionNote(permissions);
  return {
    json: { accountSid: found.accountSid, accountFriendlyName, permissions: permissionsJson(permissions) },
    text: columns([
      ['Account', `${found.accountSid}${accountFriendlyName === null ? '' : `  ${accountFriendlyName}`}`],
      ...permissionRows(permissions),
    ]),
    ...(note ? { note } : {}),
  };
}
