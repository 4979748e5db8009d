import type { Credential } from '../store/credential.ts';
import { type Command, type Io, JSON_OPTION } from './command.ts';
import { CommandError, UsageError } from './command-errors.ts';
import {
  ACCOUNT_SID,
  accountSidOf,
  CLIENT_ID,
  check,
  OPERAND,
  SECRET,
  SECRET_DETAILS,
} from './credential-check.ts';
import { credentialJson, credentialOutput, healthText, permissionsSummary } from './credential-output.ts';
import { findCredential } from './find.ts';
import { table } from './output.ts';
import { confirm, readSecret } from './secret-input.ts';
import { CLI, type Session, withSession } from './session.ts';

const add: Command = {
  name: 'credential add',
  summary: 'Check a Twilio OAuth app and store it as a credential.',
  details: SECRET_DETAILS,
  options: {
    nickname: { value: 'NAME', required: true, about: 'Its nickname, 1 to 64 characters.' },
    'client-id': { ...CLIENT_ID, required: true },
    'account-sid': ACCOUNT_SID,
    ...JSON_OPTION,
  },
  run: (args, io) =>
    withSession(io, async (session) => {
      const input = {
        nickname: args.required('nickname'),
        clientId: args.required('client-id'),
        accountSid: accountSidOf(args),
        clientSecret: await readSecret(io, SECRET),
      };
      return credentialOutput(await session.admin.credentials.add(CLI, input), session.isOfSettings);
    }),
};

const list: Command = {
  name: 'credential list',
  summary: 'List the credentials, the default first.',
  options: { ...JSON_OPTION },
  run: (_args, io) =>
    withSession(io, async ({ store, isOfSettings }) => {
      const credentials = await store.list();
      const rows = credentials.map((credential) => [
        credential.nickname,
        credential.accountSid,
        permissionsSummary(credential.permissions),
        healthText(credential),
        isOfSettings(credential) ? 'settings' : 'store',
        credential.id,
      ]);
      return {
        json: credentials.map((credential) => credentialJson(credential, isOfSettings(credential))),
        text: table(
          ['NICKNAME', 'ACCOUNT', 'PERMISSIONS', 'HEALTH', 'KEPT IN', 'ID'],
          rows,
          'There is no credential. Add one: npm run cli -- credential add',
        ),
      };
    }),
};

const rename: Command = {
  name: 'credential rename',
  summary: 'Give a credential another nickname.',
  operand: { name: OPERAND, required: true },
  options: {
    nickname: { value: 'NAME', required: true, about: 'The new nickname, 1 to 64 characters.' },
    ...JSON_OPTION,
  },
  run: (args, io) =>
    withSession(io, async (session) => {
      const { id } = await findCredential(session, args.required(OPERAND), OPERAND);
      return credentialOutput(
        await session.admin.credentials.rename(CLI, id, args.required('nickname')),
        session.isOfSettings,
      );
    }),
};

const rotate: Command = {
  name: 'credential rotate',
  summary: "Replace a credential's client secret, if Twilio accepts the new one.",
  details: SECRET_DETAILS,
  operand: { name: OPERAND, required: true },
  options: { ...JSON_OPTION },
  run: (args, io) =>
    withSession(io, async (session) => {
      const { id } = await findCredential(session, args.required(OPERAND), OPERAND);
      const secret = await readSecret(io, `New ${SECRET.toLowerCase()}`);
      return credentialOutput(await session.admin.credentials.rotate(CLI, id, secret), session.isOfSettings);
    }),
};

const remove: Command = {
  name: 'credential remove',
  summary: 'Remove a credential, also from every API key.',
  operand: { name: OPERAND, required: true },
  options: { yes: { about: 'Do not ask for confirmation; required without a terminal.' }, ...JSON_OPTION },
  run: async (args, io) => {
    if (!args.flag('yes') && !io.stdin.isTTY) {
      throw new UsageError('Without a terminal, confirm with --yes.', '--yes');
    }
    return withSession(io, async (session) => {
      const credential = await findCredential(session, args.required(OPERAND), OPERAND);
      if (!args.flag('yes')) await askToRemove(session, io, credential);
      const { id, nickname } = credential;
      await session.admin.credentials.remove(CLI, id);
      return { json: { id, nickname, removed: true }, text: `The credential "${nickname}" is removed.` };
    });
  },
};

export const credentialCommands = [add, list, check, rename, rotate, remove] as const;

async function askToRemove({ admin }: Session, io: Io, { id, nickname, accountSid }: Credential) {
  const keys = (await admin.apiKeys.list(CLI)).filter(({ credentialIds }) => credentialIds.includes(id));
  const losing =
    keys.length > 0 ? ` These API keys lose access: ${keys.map(({ name }) => name).join(', ')}.` : '';
  const agreed = await confirm(io, `Remove the credential "${nickname}" of account ${accountSid}?${losing}`);
  if (!agreed) throw new CommandError('NOT_CONFIRMED', 'Nothing was removed.');
}
