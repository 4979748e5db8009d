import { reachesNothing } from '../admin/api-keys.ts';
import { describeFieldPolicy, SHOW_ALL } from '../policy/field-policy.ts';
import type { ApiKey, Credential } from '../store/records.ts';
import { command, type Io } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { changeFieldPolicy, FIELD_POLICY_OPTIONS } from './field-policy-options.ts';
import { dateText, table } from './output.ts';
import { CLI, findApiKey, findCredential, type Session, withSession } from './session.ts';

const OPERAND = 'ID|NAME';

const create = command({
  name: 'api-key create',
  summary: 'Create an API key and print its token, once.',
  details:
    'Stdout contains only the token, so that it can be piped into a file or a secret store (with npm run -s).',
  examples: [
    'api-key create --admin --name ops',
    'api-key create --name Grafana --credential default --expires 365d',
    'api-key create --name Review --credential default --bodies hidden --addresses last-four',
    'api-key create --admin --name ops --yes > admin-key.txt',
  ],
  options: {
    name: { value: 'NAME', required: true, about: 'Who or what it is for, 1 to 64 characters.' },
    admin: { about: 'Create an ADMIN key, which manages the gateway and may use every credential.' },
    credential: {
      value: 'NICKNAME',
      multiple: true,
      about: 'Nickname or id of a credential it may use; repeat for several.',
    },
    expires: {
      value: 'WHEN',
      about: 'A day (2027-01-31), a time, or a duration (30d, 12h). Default: never.',
    },
    ...FIELD_POLICY_OPTIONS,
    yes: { about: 'Do not ask before the first ADMIN key; required for it without a terminal.' },
  },
  async run({ name, admin: isAdmin, credential: nicknames, expires, yes, ...visibilities }, io) {
    if (isAdmin === nicknames.length > 0) {
      throw usageError(
        isAdmin
          ? 'An ADMIN key may use every credential: omit --credential or --admin.'
          : 'Name the credentials that the key may use with --credential, or create an ADMIN key with --admin.',
        '--credential',
      );
    }
    const dateExpires = expires === undefined ? null : parseExpiry(expires);
    const fieldPolicy = changeFieldPolicy(SHOW_ALL, visibilities);
    return withSession(io, async (session) => {
      const isFirst = isAdmin && session.isOpen && !(await session.store.hasHadAdminKey());
      if (isFirst && !yes) await confirmFirstKey(io, session);
      const credentials: Credential[] = [];
      for (const nickname of nicknames) {
        credentials.push(await findCredential(session, nickname, '--credential'));
      }
      const { apiKey, token } = await session.admin.apiKeys.create(CLI, {
        name,
        role: isAdmin ? 'ADMIN' : 'READER',
        credentialIds: [...new Set(credentials.map(({ id }) => id))],
        dateExpires,
        fieldPolicy,
      });
      const may = isAdmin ? 'every credential' : credentials.map(({ nickname }) => nickname).join(', ');
      return {
        json: { token, apiKey: apiKeyJson(apiKey) },
        text: token,
        note: `This is the token of the ${apiKey.role} key "${apiKey.name}"; it is not shown again. It may use ${may}. Expires: ${dateText(dateExpires, 'never')}.${isFirst ? ' From now on the gateway requires a key for every request.' : ''}`,
      };
    });
  },
});

/** Asks before the first ADMIN key: from then on every request needs a key. @throws {CommandError} USAGE without a terminal */
async function confirmFirstKey({ stdin, stderr }: Io, { database }: Session): Promise<void> {
  const effect = `This is the first ADMIN key in ${database}. From now on the gateway requires a key for every request.`;
  if (!stdin.isTTY) throw usageError(`${effect} Without a terminal, confirm with --yes.`, '--yes');
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({
    input: stdin as NodeJS.ReadStream,
    output: stderr as NodeJS.WriteStream,
  });
  const reply = await terminal.question(`${effect}\nCreate it? [y/N] `).finally(() => terminal.close());
  if (!/^y(?:es)?$/i.test(reply.trim())) throw new CommandError('ABORTED', 'No key was created.');
}

const list = command({
  name: 'api-key list',
  summary: 'List the API keys that are not revoked.',
  examples: ['api-key list', 'api-key list --json'],
  options: {},
  run: (_args, io) =>
    withSession(io, async ({ store, admin }) => {
      const keys = await admin.apiKeys.list(CLI);
      const nicknames = new Map((await store.list()).map(({ id, nickname }) => [id, nickname]));
      const rows = keys.map(({ id, name, role, credentialIds, fieldPolicy, ...dates }) => {
        const usable = credentialIds.map((one) => nicknames.get(one) ?? one).join(', ') || 'none';
        const isExpired = dates.dateExpires !== null && dates.dateExpires.getTime() <= Date.now();
        return [
          name,
          role,
          role === 'ADMIN' ? 'all' : usable,
          describeFieldPolicy(fieldPolicy),
          dateText(dates.dateCreated),
          `${dateText(dates.dateExpires, 'never')}${isExpired ? ' (expired)' : ''}`,
          dateText(dates.dateLastUsed, 'never'),
          id,
        ];
      });
      return {
        json: keys.map(apiKeyJson),
        text: table(
          ['NAME', 'ROLE', 'CREDENTIALS', 'SHOWS', 'CREATED', 'EXPIRES', 'LAST USED', 'ID'],
          rows,
          'There is no API key. Create one: npm run cli -- api-key create',
        ),
      };
    }),
});

const update = command({
  name: 'api-key update',
  summary: 'Change the name, credentials, expiry or field policy of an API key. Its token stays.',
  operand: { name: OPERAND, required: true },
  examples: [
    'api-key update Grafana --expires 365d',
    'api-key update Grafana --credential default --credential "Case desk"',
    'api-key update Grafana --no-credential --name "Grafana (unused)"',
  ],
  options: {
    name: { value: 'NAME', about: 'The new name, 1 to 64 characters.' },
    credential: {
      value: 'NICKNAME',
      multiple: true,
      about: 'Nickname or id of a credential it may use, in place of the present ones; repeat for several.',
    },
    'no-credential': { about: 'It may use no credential: it can read nothing.' },
    expires: { value: 'WHEN', about: 'A day, a time, a duration, or "never".' },
    ...FIELD_POLICY_OPTIONS,
  },
  async run({ operand, name, credential: nicknames, 'no-credential': none, expires, ...visibilities }, io) {
    if (none && nicknames.length > 0) throw usageError('Give --credential or --no-credential, not both.');
    const dateExpires = expires === undefined || expires === 'never' ? null : parseExpiry(expires);
    const changesCredentials = none || nicknames.length > 0;
    const changesPolicy = changeFieldPolicy(SHOW_ALL, visibilities) !== undefined;
    if (name === undefined && !changesCredentials && expires === undefined && !changesPolicy) {
      throw usageError(
        'Nothing to change: give --name, --credential, --no-credential, --expires, --bodies, --addresses or --media.',
      );
    }
    return withSession(io, async (session) => {
      const { id, role, fieldPolicy } = await findApiKey(session, operand, OPERAND);
      if (role === 'ADMIN' && changesCredentials) {
        throw usageError('An ADMIN key may use every credential.', none ? '--no-credential' : '--credential');
      }
      const credentials: Credential[] = [];
      for (const nickname of nicknames) {
        credentials.push(await findCredential(session, nickname, '--credential'));
      }
      const key = await session.admin.apiKeys.update(CLI, id, {
        name,
        ...(changesCredentials && { credentialIds: [...new Set(credentials.map((one) => one.id))] }),
        ...(expires !== undefined && { dateExpires }),
        fieldPolicy: changeFieldPolicy(fieldPolicy, visibilities),
      });
      const isUseless = reachesNothing(key, await session.store.list());
      return {
        json: apiKeyJson(key),
        text: `The API key "${key.name}" is changed.`,
        note: isUseless
          ? 'It may use no credential, so it can read nothing. Choose one with --credential.'
          : undefined,
      };
    });
  },
});

const revoke = command({
  name: 'api-key revoke',
  summary: 'Revoke an API key.',
  operand: { name: OPERAND, required: true },
  examples: ['api-key revoke Grafana'],
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async (session) => {
      const { id, name } = await findApiKey(session, operand, OPERAND);
      await session.admin.apiKeys.revoke(CLI, id);
      return {
        json: { id, name, revoked: true },
        text: `The API key "${name}" is revoked. All gateways reject it within 2 seconds.`,
      };
    }),
});

export const apiKeyCommands = [create, list, update, revoke] as const;

function apiKeyJson({ id, name, role, credentialIds, fieldPolicy, ...dates }: ApiKey) {
  const { dateCreated, dateExpires, dateLastUsed } = dates;
  return { id, name, role, credentialIds, fieldPolicy, dateCreated, dateExpires, dateLastUsed };
}

const UNITS_MS: Readonly<Record<string, number>> = { d: 24 * 60 * 60 * 1000, h: 60 * 60 * 1000 };

/**
 * Parses `30d`, `12h`, a day such as `2027-01-31` (midnight GMT), or a time such as `2027-01-31T12:00:00Z`.
 *
 * @throws {CommandError} USAGE for anything else, including impossible days
 */
export function parseExpiry(text: string, now = Date.now()): Date {
  const [, amount, unit = ''] = /^(\d{1,4})([dh])$/.exec(text) ?? [];
  if (amount !== undefined) return new Date(now + Number(amount) * (UNITS_MS[unit] ?? 0));
  const [, day] =
    /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const date = new Date(text);
  if (day !== undefined && isDay(day) && !Number.isNaN(date.getTime())) return date;
  throw usageError(
    '--expires takes a day (2027-01-31), a time (2027-01-31T12:00:00Z), or a number of days or hours (30d, 12h).',
    '--expires',
  );
}

/** Date parses some impossible days as days of the next month. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
