import type { CopyStatus } from '../admin/history.ts';
import type { Credential } from '../store/records.ts';
import { command, type Output } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { columns, dateText, table } from './output.ts';
import { confirm } from './secret-input.ts';
import { CLI, findCredential, type Session, withSession } from './session.ts';

const OPERAND = 'ID|NICKNAME';
const BAR = 20;

const status = command({
  name: 'history status',
  summary: 'Show the copies of message histories, and how far they are.',
  examples: ['history status', 'history status "Case desk" --json'],
  operand: { name: OPERAND, required: false },
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      if (operand !== undefined)
        return statusOutput(session, await findCredential(session, operand, OPERAND));
      const all = await session.store.list();
      const rows: { credential: Credential; status: CopyStatus }[] = [];
      for (const credential of all) {
        rows.push({ credential, status: await session.admin.history.status(credential) });
      }
      return {
        json: rows.map(({ credential, status }) => statusJson(credential, status)),
        text: table(
          ['NICKNAME', 'ACCOUNT', 'STATE', 'MESSAGES', 'AS OF', 'PROGRESS'],
          rows.map(({ credential, status }) => [
            credential.nickname,
            credential.accountSid,
            status.state,
            String(status.messages),
            dateText(status.asOf),
            progressText(status),
          ]),
          'There is no credential. Add one: npm run cli -- credential add',
        ),
      };
    }),
});

const enable = command({
  name: 'history enable',
  summary: "Keep a copy of the message history of a credential's account.",
  details: 'A running gateway begins within seconds. The command does not wait for it: see history status.',
  examples: ['history enable "Case desk"', 'history enable "Case desk" --days 90 --without-bodies'],
  operand: { name: OPERAND, required: true },
  options: {
    days: { value: 'NUMBER', about: 'Erase messages that are older, 1 to 3650. Default: never.' },
    'without-bodies': { about: 'Keep no texts of messages; erases those there are.' },
    paused: { about: 'Leave the copy as it is: it can be read, and makes no calls to Twilio.' },
  },
  run: ({ operand, days, 'without-bodies': withoutBodies, paused }, io) =>
    withSession(io, async (session) => {
      if (days !== undefined && !/^\d{1,4}$/.test(days)) {
        throw usageError('--days takes a number from 1 to 3650.', '--days');
      }
      const { id } = await findCredential(session, operand, OPERAND);
      const policy = {
        enabled: true,
        paused,
        keepsBodies: !withoutBodies,
        days: days === undefined ? null : Number(days),
      };
      return statusOutput(session, await session.admin.history.setPolicy(CLI, id, policy));
    }),
});

const disable = command({
  name: 'history disable',
  summary: 'End the copying, and reads of the copy. Erases nothing.',
  examples: ['history disable "Case desk"'],
  operand: { name: OPERAND, required: true },
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      const credential = await findCredential(session, operand, OPERAND);
      const { policy } = await session.admin.history.status(credential);
      const { keepsBodies = true, days = null } = policy ?? {};
      const input = { enabled: false, paused: false, keepsBodies, days };
      return statusOutput(session, await session.admin.history.setPolicy(CLI, credential.id, input));
    }),
});

const erase = command({
  name: 'history erase',
  summary: "Erase the copy of a credential's account, and end the copying.",
  examples: ['history erase "Case desk"', 'history erase "Case desk" --yes'],
  operand: { name: OPERAND, required: true },
  options: { yes: { about: 'Do not ask for confirmation; required without a terminal.' } },
  async run({ operand, yes }, io) {
    if (!yes && !io.stdin.isTTY) throw usageError('Without a terminal, confirm with --yes.', '--yes');
    return withSession(io, async (session) => {
      const credential = await findCredential(session, operand, OPERAND);
      const { messages } = await session.admin.history.status(credential);
      const question = `Erase the copy of ${messages} messages of account ${credential.accountSid}?`;
      if (!yes && !(await confirm(io, question))) {
        throw new CommandError('NOT_CONFIRMED', 'Nothing was erased.');
      }
      await session.admin.history.erase(CLI, credential.id);
      return {
        json: { accountSid: credential.accountSid, erased: messages },
        text: `The copy of ${messages} messages is erased. Nothing was changed at Twilio.`,
      };
    });
  },
});

const rebuild = command({
  name: 'history rebuild',
  summary: "Erase the copy of a credential's account, and read it from Twilio again.",
  examples: ['history rebuild "Case desk"'],
  operand: { name: OPERAND, required: true },
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      const { id } = await findCredential(session, operand, OPERAND);
      return statusOutput(session, await session.admin.history.rebuild(CLI, id));
    }),
});

export const historyCommands = [status, enable, disable, erase, rebuild];

async function statusOutput({ admin }: Session, credential: Credential): Promise<Output> {
  const status = await admin.history.status(credential);
  const { policy, messages, asOf, syncedFrom, syncedUntil, lastError } = status;
  const rows = [
    ['Nickname', credential.nickname],
    ['Account', credential.accountSid],
    ['State', status.state],
    ['Texts', policy?.keepsBodies ? 'kept' : 'not kept'],
    ['Days', policy?.days == null ? 'no limit' : String(policy.days)],
    ['Messages', String(messages)],
    ['As of', dateText(asOf)],
    ['Whole days', `${dateText(syncedFrom)} to ${dateText(syncedUntil)}`],
    ['Progress', progressText(status)],
    ...(lastError === null ? [] : [['Last error', lastError]]),
  ];
  return { json: statusJson(credential, status), text: columns(rows) };
}

function statusJson({ id, nickname, accountSid }: Credential, status: CopyStatus) {
  const { policy, state, ...figures } = status;
  return {
    credential: { id, nickname },
    accountSid,
    state,
    policy: policy && {
      enabled: policy.enabled,
      paused: policy.paused,
      keepsBodies: policy.keepsBodies,
      days: policy.days,
    },
    ...figures,
  };
}

/** E.g. `[########            ] 160/400, 2 min left`. */
function progressText({ slicesDone, slicesTotal, estimatedSecondsLeft }: CopyStatus): string {
  if (slicesTotal === 0) return '-';
  const full = Math.floor((BAR * slicesDone) / slicesTotal);
  const bar = `[${'#'.repeat(full)}${' '.repeat(BAR - full)}] ${slicesDone}/${slicesTotal}`;
  const left = slicesDone < slicesTotal && estimatedSecondsLeft !== null ? estimatedSecondsLeft : null;
  return left === null ? bar : `${bar}, ${Math.ceil(left / 60)} min left`;
}
