import { setTimeout } from 'node:timers/promises';
import type { CopyStatus, PolicyInput } from '../admin/history.ts';
import type { Credential } from '../store/records.ts';
import { command, type Io, type Output } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { historyImport } from './history-import.ts';
import { createHistoryProgress } from './history-progress.ts';
import { columns, dateText, table } from './output.ts';
import { confirm } from './secret-input.ts';
import { CLI, findCredential, type Session, withSession } from './session.ts';

const OPERAND = 'ID|NICKNAME';
const YES = { about: 'Do not ask for confirmation; required without a terminal.' } as const;
const WAIT = {
  about: 'Wait until everything was copied by a running gateway, with a progress bar on a terminal.',
} as const;
const NEEDS_GATEWAY = 'Messages are copied while a gateway with this database runs.';

const status = command({
  name: 'history status',
  summary: 'Show the copies of message histories: of one credential, or of all.',
  examples: ['history status', 'history status "Case desk" --wait'],
  operand: { name: OPERAND, required: false },
  options: { wait: WAIT },
  run: ({ operand, wait }, io) =>
    withSession(io, async (session) => {
      if (operand !== undefined) {
        const credential = await findCredential(session, operand, OPERAND);
        if (wait) await waitUntilCurrent(session, credential, io);
        return one(session, credential);
      }
      if (wait) throw usageError(`--wait requires ${OPERAND}.`, '--wait');
      const credentials = await session.store.list();
      const all = await Promise.all(credentials.map((each) => session.admin.history.status(each)));
      return {
        json: all.map((each, index) => statusJson(credentials[index], each)),
        text: table(
          ['NICKNAME', 'ACCOUNT', 'STATE', 'MESSAGES', 'SLICES', 'TEXTS', 'DAYS', 'UP TO DATE AS OF'],
          all.map((each, index) => [
            credentials[index]?.nickname ?? '',
            credentials[index]?.accountSid ?? '',
            each.state,
            String(each.messages),
            `${each.slicesDone}/${each.slicesTotal}`,
            each.policy ? textsOf(each.policy) : '-',
            each.policy?.days?.toString() ?? '-',
            dateText(each.asOf),
          ]),
          'There is no credential. Add one: npm run cli -- credential add',
        ),
      };
    }),
});

const enable = command({
  name: 'history enable',
  summary: "Keep a copy of the message history of a credential's account, or change what is kept.",
  details: `${NEEDS_GATEWAY} Without --without-bodies, texts are kept; without --days, messages are kept without a limit.`,
  examples: ['history enable "Case desk" --wait', 'history enable "Case desk" --days 730 --without-bodies'],
  operand: { name: OPERAND, required: true },
  options: {
    days: { value: 'N', about: 'How many days messages are kept; older ones are erased at once.' },
    'without-bodies': { about: 'Keep no message texts; those that were kept are erased at once.' },
    paused: { about: 'Pause copying; reads from the copy go on.' },
    wait: WAIT,
  },
  run: ({ operand, days, 'without-bodies': withoutBodies, paused, wait }, io) =>
    withSession(io, async (session) => {
      if (days !== undefined && !/^\d{1,9}$/.test(days))
        throw usageError('--days must be a number.', '--days');
      if (wait && paused) throw usageError('--wait and --paused exclude each other.', '--wait');
      const credential = await findCredential(session, operand, OPERAND);
      const policy = {
        enabled: true,
        paused,
        keepsBodies: !withoutBodies,
        days: days === undefined ? null : Number(days),
      };
      await session.admin.history.setPolicy(CLI, credential.id, policy);
      if (wait) await waitUntilCurrent(session, credential, io);
      return one(session, credential);
    }),
});

const disable = command({
  name: 'history disable',
  summary: 'Stop copying messages, and reading from the copy. The copy stays until it is erased.',
  examples: ['history disable "Case desk"'],
  operand: { name: OPERAND, required: true },
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      const credential = await findCredential(session, operand, OPERAND);
      const { policy } = await session.admin.history.status(credential);
      if (policy) await session.admin.history.setPolicy(CLI, credential.id, { ...policy, enabled: false });
      return one(session, credential);
    }),
});

const erase = command({
  name: 'history erase',
  summary: 'Erase the copy of a message history, and disable it. Nothing is changed at Twilio.',
  examples: ['history erase "Case desk"', 'history erase "Case desk" --yes'],
  operand: { name: OPERAND, required: true },
  options: { yes: YES },
  run: ({ operand, yes }, io) =>
    changed(
      io,
      operand,
      yes,
      'Erase',
      async ({ admin }, { id }) => void (await admin.history.erase(CLI, id)),
    ),
});

const rebuild = command({
  name: 'history rebuild',
  summary: 'Erase the copy of a message history, and copy it from Twilio again.',
  details: `${NEEDS_GATEWAY} Messages that Twilio does not store any more are lost.`,
  examples: ['history rebuild "Case desk" --yes --wait'],
  operand: { name: OPERAND, required: true },
  options: { yes: YES, wait: WAIT },
  run: ({ operand, yes, wait }, io) =>
    changed(io, operand, yes, 'Erase and copy again', async (session, credential) => {
      await session.admin.history.rebuild(CLI, credential.id);
      if (wait) await waitUntilCurrent(session, credential, io);
    }),
});

export const historyCommands = [status, enable, disable, erase, rebuild, historyImport] as const;

/** Asks, changes the copy of a credential and shows its status. */
async function changed(
  io: Io,
  operand: string,
  yes: boolean,
  verb: string,
  change: (session: Session, credential: Credential) => Promise<void>,
): Promise<Output> {
  if (!yes && !io.stdin.isTTY) throw usageError('Without a terminal, confirm with --yes.', '--yes');
  return withSession(io, async (session) => {
    const credential = await findCredential(session, operand, OPERAND);
    if (!yes) {
      const { messages } = await session.admin.history.status(credential);
      const question = `${verb} the copy of the ${messages} messages of account ${credential.accountSid}?`;
      if (!(await confirm(io, question))) throw new CommandError('NOT_CONFIRMED', 'Nothing was erased.');
    }
    await change(session, credential);
    return one(session, credential);
  });
}

const POLL_MS = 1_000;

async function waitUntilCurrent({ admin }: Session, credential: Credential, io: Io): Promise<void> {
  using progress = await createHistoryProgress(io);
  for (;;) {
    const found = await admin.history.status(credential);
    progress.show(found);
    if (found.state !== 'BACKFILLING' && found.state !== 'FAILING') return;
    await setTimeout(POLL_MS);
  }
}

async function one({ admin }: Session, credential: Credential): Promise<Output> {
  const found = await admin.history.status(credential);
  const { policy, syncedFrom, syncedUntil, estimatedSecondsLeft, lastError } = found;
  return {
    json: statusJson(credential, found),
    text: columns([
      ['Nickname', credential.nickname],
      ['Account', credential.accountSid],
      ['State', found.state],
      ...(policy
        ? [
            ['Texts', textsOf(policy)],
            ['Days', policy.days?.toString() ?? 'no limit'],
          ]
        : []),
      ['Messages', String(found.messages)],
      ['Slices', `${found.slicesDone} of ${found.slicesTotal}`],
      ...(estimatedSecondsLeft ? [['Seconds left', String(estimatedSecondsLeft)]] : []),
      ...(syncedFrom ? [['Complete', `${dateText(syncedFrom)} to ${dateText(syncedUntil)}`]] : []),
      ['Up to date', dateText(found.asOf)],
      ...(lastError ? [['Last error', lastError]] : []),
    ]),
    note: found.state === 'BACKFILLING' && found.slicesTotal === 0 ? NEEDS_GATEWAY : undefined,
  };
}

function statusJson(credential: Credential | undefined, { policy, ...found }: CopyStatus) {
  return {
    id: credential?.id,
    nickname: credential?.nickname,
    accountSid: credential?.accountSid,
    state: found.state,
    enabled: policy?.enabled ?? false,
    keepsBodies: policy?.keepsBodies ?? false,
    days: policy?.days ?? null,
    messages: found.messages,
    slicesDone: found.slicesDone,
    slicesTotal: found.slicesTotal,
    estimatedSecondsLeft: found.estimatedSecondsLeft,
    syncedFrom: found.syncedFrom,
    syncedUntil: found.syncedUntil,
    asOf: found.asOf,
    lastError: found.lastError,
  };
}

const textsOf = ({ keepsBodies }: PolicyInput) => (keepsBodies ? 'kept' : 'not kept');
