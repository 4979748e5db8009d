import { type Credential, isFromSettings } from '../store/records.ts';
import { command, type Io, type Output } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import {
  credentialJson,
  credentialOutput,
  healthText,
  permissionNote,
  permissionRows,
  permissionsJson,
  permissionsSummary,
} from './credential-output.ts';
import { columns, table } from './output.ts';
import { confirm, readSecret } from './secret-input.ts';
import { CLI, findCredential, type Session, withSession } from './session.ts';

const OPERAND = 'ID|NICKNAME';
const SECRET = 'Client secret';
const SECRET_DETAILS = 'The client secret is read from stdin if piped, otherwise from a hidden prompt.';
const CLIENT_ID = { value: 'OQ…', about: "The OAuth app's client id." } as const;
const ACCOUNT_SID = {
  value: 'AC…',
  about: 'Its account; needed only if the access token does not name it.',
} as const;

const add = command({
  name: 'credential add',
  summary: 'Check a Twilio OAuth app and store it as a credential.',
  details: SECRET_DETAILS,
  examples: [
    'credential add --nickname "Case desk" --client-id OQ…',
    'credential add --nickname "Case desk" --client-id OQ… < secret.txt',
  ],
  options: {
    nickname: { value: 'NAME', required: true, about: 'Its nickname, 1 to 64 characters.' },
    'client-id': { ...CLIENT_ID, required: true },
    'account-sid': ACCOUNT_SID,
  },
  run: ({ nickname, 'client-id': clientId, 'account-sid': accountSid }, io) =>
    withSession(io, async ({ admin }) => {
      const clientSecret = await readSecret(io, SECRET);
      const input = { nickname, clientId, accountSid, clientSecret };
      return credentialOutput(await admin.credentials.add(CLI, input));
    }),
});

const list = command({
  name: 'credential list',
  summary: 'List the credentials, the default first.',
  examples: ['credential list', 'credential list --json'],
  options: {},
  run: (_args, io) =>
    withSession(io, async ({ store }) => {
      const credentials = await store.list();
      const rows = credentials.map((credential) => [
        credential.nickname,
        credential.accountSid,
        permissionsSummary(credential.permissions),
        healthText(credential),
        isFromSettings(credential) ? 'settings' : 'store',
        credential.id,
      ]);
      return {
        json: credentials.map(credentialJson),
        text: table(
          ['NICKNAME', 'ACCOUNT', 'PERMISSIONS', 'HEALTH', 'KEPT IN', 'ID'],
          rows,
          'There is no credential. Add one: npm run cli -- credential add',
        ),
      };
    }),
});

const check = command({
  name: 'credential check',
  summary: 'Check a Twilio OAuth app or a stored credential, and show its permissions.',
  details: `With ${OPERAND} the results are stored with the credential. With --client-id nothing is stored.
${SECRET_DETAILS}`,
  examples: ['credential check "Case desk"', 'credential check --client-id OQ… < secret.txt'],
  operand: { name: OPERAND, required: false },
  options: { 'client-id': CLIENT_ID, 'account-sid': ACCOUNT_SID },
  async run({ operand, 'client-id': clientId, 'account-sid': accountSid }, io) {
    if ((operand === undefined) === (clientId === undefined)) {
      throw usageError(`credential check needs either ${OPERAND} or --client-id.`);
    }
    if (operand !== undefined && accountSid !== undefined) {
      throw usageError(`--account-sid requires --client-id, not ${OPERAND}.`, '--account-sid');
    }
    return withSession(io, async (session) => {
      if (clientId !== undefined) return checkNew(session, io, clientId, accountSid);
      const { id } = await findCredential(session, operand ?? '', OPERAND);
      return credentialOutput(await session.admin.credentials.recheck(CLI, id));
    });
  },
});

const rename = command({
  name: 'credential rename',
  summary: 'Give a credential another nickname.',
  examples: ['credential rename "Case desk" --nickname support'],
  operand: { name: OPERAND, required: true },
  options: {
    nickname: { value: 'NAME', required: true, about: 'The new nickname, 1 to 64 characters.' },
  },
  run: ({ operand, nickname }, io) =>
    withSession(io, async (session) => {
      const { id } = await findCredential(session, operand, OPERAND);
      return credentialOutput(await session.admin.credentials.rename(CLI, id, nickname));
    }),
});

const rotate = command({
  name: 'credential rotate',
  summary: "Replace a credential's client secret, if Twilio accepts the new one.",
  details: SECRET_DETAILS,
  examples: ['credential rotate "Case desk"', 'credential rotate "Case desk" < secret.txt'],
  operand: { name: OPERAND, required: true },
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      const { id } = await findCredential(session, operand, OPERAND);
      const secret = await readSecret(io, `New ${SECRET.toLowerCase()}`);
      return credentialOutput(await session.admin.credentials.rotate(CLI, id, secret));
    }),
});

const remove = command({
  name: 'credential remove',
  summary: 'Remove a credential, also from every API key.',
  details:
    'The copy of its message history is erased, too, unless another credential opens the same account.',
  examples: ['credential remove "Case desk"', 'credential remove "Case desk" --yes'],
  operand: { name: OPERAND, required: true },
  options: { yes: { about: 'Do not ask for confirmation; required without a terminal.' } },
  async run({ operand, yes }, io) {
    if (!yes && !io.stdin.isTTY) throw usageError('Without a terminal, confirm with --yes.', '--yes');
    return withSession(io, async (session) => {
      const credential = await findCredential(session, operand, OPERAND);
      if (!yes) await askToRemove(session, io, credential);
      const { id, nickname } = credential;
      await session.admin.credentials.remove(CLI, id);
      return { json: { id, nickname, removed: true }, text: `The credential "${nickname}" is removed.` };
    });
  },
});

export const credentialCommands = [add, list, check, rename, rotate, remove] as const;

async function checkNew(
  { admin }: Session,
  io: Io,
  clientId: string,
  wanted: string | undefined,
): Promise<Output> {
  const clientSecret = await readSecret(io, SECRET);
  const found = await admin.credentials.check(CLI, { clientId, accountSid: wanted, clientSecret });
  const { accountSid, accountFriendlyName, permissions } = found;
  return {
    json: { accountSid, accountFriendlyName, permissions: permissionsJson(permissions) },
    text: columns([
      ['Account', `${accountSid}${accountFriendlyName === null ? '' : `  ${accountFriendlyName}`}`],
      ...permissionRows(permissions),
    ]),
    note: permissionNote(permissions),
  };
}

async function askToRemove({ admin }: Session, io: Io, credential: Credential) {
  const { id, nickname, accountSid } = credential;
  const keys = (await admin.apiKeys.list(CLI)).filter(({ credentialIds }) => credentialIds.includes(id));
  const names = keys.map(({ name }) => name).join(', ');
  const losing = names === '' ? '' : ` These API keys lose access: ${names}.`;
  const { messages } = await admin.history.status(credential);
  const erased =
    messages > 0 && (await admin.history.isErasedWith(credential))
      ? ` The copy of its ${messages} messages is erased, too.`
      : '';
  const agreed = await confirm(
    io,
    `Remove the credential "${nickname}" of account ${accountSid}?${losing}${erased}`,
  );
  if (!agreed) throw new CommandError('NOT_CONFIRMED', 'Nothing was removed.');
}
