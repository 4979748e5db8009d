import type { ApiKey } from '../credentials/api-key.ts';
import type { Credential } from '../credentials/credential.ts';
import { type Command, JSON_OPTION } from './command.ts';
import { UsageError } from './command-errors.ts';
import { parseExpiry } from './expiry.ts';
import { findApiKey, findCredential } from './find.ts';
import { dateText, table } from './output.ts';
import { CLI, withSession } from './session.ts';

const OPERAND = 'ID|NAME';

const create: Command = {
  name: 'api-key create',
  summary: 'Make an API key and print its token, once.',
  details: 'Stdout has the token alone, so that it can be piped into a file or a secret store.',
  options: {
    name: { value: 'NAME', required: true, about: 'Who it is for, 1 to 64 characters.' },
    admin: { about: 'An ADMIN key: it manages, and may use every credential.' },
    credential: {
      value: 'NICKNAME',
      multiple: true,
      about: 'A credential it may read with, by nickname or id; once for each.',
    },
    expires: { value: 'WHEN', about: 'A day (2027-01-31), a time, or from now (30d, 12h); else never.' },
    ...JSON_OPTION,
  },
  run: async (args, io) => {
    const isAdmin = args.flag('admin');
    const wanted = args.all('credential');
    if (isAdmin === wanted.length > 0) {
      throw new UsageError(
        isAdmin
          ? 'An ADMIN key may use every credential: leave out --credential or --admin.'
          : 'Say what the key may read with, by --credential for each credential, or make it an ADMIN key by --admin.',
        '--credential',
      );
    }
    const expires = args.text('expires');
    const dateExpires = expires === undefined ? null : parseExpiry(expires);
    return withSession(io, async (session) => {
      const credentials: Credential[] = [];
      for (const nickname of wanted)
        credentials.push(await findCredential(session, nickname, '--credential'));
      const { apiKey, token } = await session.management.apiKeys.create(CLI, {
        name: args.required('name'),
        role: isAdmin ? 'ADMIN' : 'READER',
        credentialIds: [...new Set(credentials.map(({ id }) => id))],
        dateExpires,
      });
      const may = isAdmin ? 'every credential' : credentials.map(({ nickname }) => nickname).join(', ');
      return {
        json: { token, apiKey: apiKeyJson(apiKey) },
        text: token,
        note: `This is the token of the ${apiKey.role} key "${apiKey.name}"; it is shown this once. It may use ${may}, and expires ${dateText(dateExpires, 'never')}.`,
      };
    });
  },
};

const list: Command = {
  name: 'api-key list',
  summary: 'List the API keys that are not revoked.',
  options: { ...JSON_OPTION },
  run: (_args, io) =>
    withSession(io, async ({ store, management }) => {
      const keys = await management.apiKeys.list(CLI);
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
          'There is no API key. Make one: twilio-graphql-gateway api-key create',
        ),
      };
    }),
};

const revoke: Command = {
  name: 'api-key revoke',
  summary: 'Take an API key back: gateways refuse it from then on.',
  operand: { name: OPERAND, required: true },
  options: { ...JSON_OPTION },
  run: (args, io) =>
    withSession(io, async (session) => {
      const { id, name } = await findApiKey(session, args.required(OPERAND));
      await session.management.apiKeys.revoke(CLI, id);
      return {
        json: { id, name, revoked: true },
        text: `The API key "${name}" is revoked. Gateways refuse it within 2 seconds.`,
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
