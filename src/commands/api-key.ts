import type { ApiKey } from '../store/api-key.ts';
import type { Credential } from '../store/credential.ts';
import { type Command, JSON_OPTION } from './command.ts';
import { UsageError } from './command-errors.ts';
import { parseExpiry } from './expiry.ts';
import { findApiKey, findCredential } from './find.ts';
import { dateText, table } from './output.ts';
import { CLI, withSession } from './session.ts';

const OPERAND = 'ID|NAME';

const create: Command = {
  name: 'api-key create',
  summary: 'Create an API key and print its token, once.',
  details: 'Stdout contains only the token, so that it can be piped into a file or a secret store.',
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
    ...JSON_OPTION,
  },
  run: async (args, io) => {
    const isAdmin = args.flag('admin');
    const nicknames = args.all('credential');
    if (isAdmin === nicknames.length > 0) {
      throw new UsageError(
        isAdmin
          ? 'An ADMIN key may use every credential: omit --credential or --admin.'
          : 'Name the credentials that the key may use with --credential, or create an ADMIN key with --admin.',
        '--credential',
      );
    }
    const expires = args.text('expires');
    const dateExpires = expires === undefined ? null : parseExpiry(expires);
    return withSession(io, async (session) => {
      const credentials: Credential[] = [];
      for (const nickname of nicknames)
        credentials.push(await findCredential(session, nickname, '--credential'));
      const { apiKey, token } = await session.admin.apiKeys.create(CLI, {
        name: args.required('name'),
        role: isAdmin ? 'ADMIN' : 'READER',
        credentialIds: [...new Set(credentials.map(({ id }) => id))],
        dateExpires,
      });
      const may = isAdmin ? 'every credential' : credentials.map(({ nickname }) => nickname).join(', ');
      return {
        json: { token, apiKey: apiKeyJson(apiKey) },
        text: token,
        note: `This is the token of the ${apiKey.role} key "${apiKey.name}"; it is not shown again. It may use ${may}. Expires: ${dateText(dateExpires, 'never')}.`,
      };
    });
  },
};

const list: Command = {
  name: 'api-key list',
  summary: 'List the API keys that are not revoked.',
  options: { ...JSON_OPTION },
  run: (_args, io) =>
    withSession(io, async ({ store, admin }) => {
      const keys = await admin.apiKeys.list(CLI);
      const nicknames = new Map((await store.list()).map(({ id, nickname }) => [id, nickname]));
      const rows = keys.map((key) => [
        key.name,
        key.role,
        key.role === 'ADMIN'
          ? 'all'
          : key.credentialIds.map((id) => nicknames.get(id) ?? id).join(', ') || 'none',
        dateText(key.dateCreated),
        expiryText(key),
        dateText(key.dateLastUsed, 'never'),
        key.id,
      ]);
      return {
        json: keys.map(apiKeyJson),
        text: table(
          ['NAME', 'ROLE', 'CREDENTIALS', 'CREATED', 'EXPIRES', 'LAST USED', 'ID'],
          rows,
          'There is no API key. Create one: npm run cli -- api-key create',
        ),
      };
    }),
};

const revoke: Command = {
  name: 'api-key revoke',
  summary: 'Revoke an API key.',
  operand: { name: OPERAND, required: true },
  options: { ...JSON_OPTION },
  run: (args, io) =>
    withSession(io, async (session) => {
      const { id, name } = await findApiKey(session, args.required(OPERAND));
      await session.admin.apiKeys.revoke(CLI, id);
      return {
        json: { id, name, revoked: true },
        text: `The API key "${name}" is revoked. All gateways reject it within 2 seconds.`,
      };
    }),
};

export const apiKeyCommands = [create, list, revoke] as const;

function apiKeyJson({ id, name, role, credentialIds, ...dates }: ApiKey) {
  const { dateCreated, dateExpires, dateLastUsed } = dates;
  return { id, name, role, credentialIds, dateCreated, dateExpires, dateLastUsed };
}

function expiryText({ dateExpires }: ApiKey): string {
  const isOver = dateExpires !== null && dateExpires.getTime() <= Date.now();
  return `${dateText(dateExpires, 'never')}${isOver ? ' (expired)' : ''}`;
}
