import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { adding, cli, type Home, json, openHome } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await openHome();
  env = home.settings();
  // Creates the database, so that the concurrent commands only open it.
  await cli(adding('support', home.parent), env, home.parent.clientSecret);
});
afterAll(() => home.close());

interface Case {
  name: string;
  code: string;
  argument?: string | null;
  /** A part of the error message. */
  message: string;
  args: () => readonly string[];
  settings?: () => Record<string, string>;
  stdin?: () => string;
}

const secret = () => home.parent.clientSecret;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const CASES: readonly Case[] = [
  {
    name: 'a nickname that is taken',
    code: 'NICKNAME_TAKEN',
    argument: '--nickname',
    message: 'Choose another nickname',
    args: () => adding('SUPPORT', home.parent),
    stdin: secret,
  },
  ...['', ' ', 'x'.repeat(65)].map((nickname) => ({
    name: `a nickname of ${nickname.length} characters`,
    code: 'BAD_USER_INPUT',
    argument: '--nickname',
    message: '1 to 64 printable',
    args: () => ['credential', 'rename', 'support', '--nickname', nickname],
  })),
  {
    name: 'a client id that does not begin with OQ',
    code: 'BAD_USER_INPUT',
    argument: '--client-id',
    message: 'Copy it from the OAuth app',
    args: () => adding('new', { clientId: 'SK00000000000000000000000000000000' }),
    stdin: secret,
  },
  {
    name: 'a malformed secret',
    code: 'BAD_USER_INPUT',
    argument: 'clientSecret',
    message: 'Copy it in full',
    args: () => adding('new', home.parent),
    stdin: () => 'planted secret with blanks',
  },
  {
    name: 'a secret that Twilio refuses',
    code: 'CREDENTIAL_REFUSED',
    message: 'the client secret is the current one',
    args: () => ['credential', 'check', '--client-id', home.parent.clientId],
    stdin: () => 'planted-secret-that-is-wrong',
  },
  {
    name: 'an account other than that of the token',
    code: 'ACCOUNT_MISMATCH',
    argument: '--account-sid',
    message: 'belongs to account AC',
    args: () => [...adding('new', home.parent), '--account-sid', home.active.accountSid],
    stdin: secret,
  },
  {
    name: 'a malformed account SID',
    code: 'BAD_USER_INPUT',
    argument: '--account-sid',
    message: 'followed by 32 hexadecimal digits',
    args: () => [...adding('new', home.parent), '--account-sid', `AC${'0'.repeat(31)}/`],
    stdin: secret,
  },
  {
    name: 'an unknown nickname',
    code: 'CREDENTIAL_UNKNOWN',
    argument: 'ID|NICKNAME',
    message: 'Use one of: support.',
    args: () => ['credential', 'remove', 'nobody', '--yes'],
  },
  {
    name: 'an unknown credential for a key',
    code: 'CREDENTIAL_UNKNOWN',
    argument: '--credential',
    message: 'Use one of: support.',
    args: () => ['api-key', 'create', '--name', 'tool', '--credential', UNKNOWN_ID],
  },
  {
    name: 'an unknown API key',
    code: 'NOT_FOUND',
    argument: 'ID|NAME',
    message: 'api-key list',
    args: () => ['api-key', 'revoke', UNKNOWN_ID],
  },
  {
    name: 'an expiry date in the past',
    code: 'BAD_USER_INPUT',
    argument: '--expires',
    message: 'Choose a later one',
    args: () => ['api-key', 'create', '--name', 'tool', '--admin', '--yes', '--expires', '2020-01-31'],
  },
  {
    name: 'a key name that is too long',
    code: 'BAD_USER_INPUT',
    argument: '--name',
    message: '1 to 64 characters',
    args: () => ['api-key', 'create', '--name', 'x'.repeat(65), '--admin', '--yes'],
  },
  {
    name: 'no encryption key, without the sandbox',
    code: 'ENCRYPTION_KEY_MISSING',
    message: 'openssl rand -base64 32',
    args: () => adding('new', home.parent),
    settings: () => ({ ...home.settings(), GATEWAY_ENCRYPTION_KEYS: '' }),
    stdin: secret,
  },
  {
    name: 'a malformed encryption key',
    code: 'SETTINGS_INVALID',
    message: 'GATEWAY_ENCRYPTION_KEYS',
    args: () => ['keys', 'rotate'],
    settings: () => ({ ...env, GATEWAY_ENCRYPTION_KEYS: 'planted-key-that-is-too-short' }),
  },
  {
    name: 'a change of a credential from the settings',
    code: 'READ_ONLY',
    message: 'Change the environment variables',
    args: () => ['credential', 'rename', 'default', '--nickname', 'other'],
    settings: () => ({
      ...env,
      TWILIO_ACCOUNT_SID: home.parent.accountSid,
      TWILIO_CLIENT_ID: home.parent.clientId,
      TWILIO_CLIENT_SECRET: home.parent.clientSecret,
    }),
  },
  {
    name: 'a PostgreSQL that is down',
    code: 'STORE_UNAVAILABLE',
    message: 'ECONNREFUSED',
    args: () => ['credential', 'list'],
    settings: () => ({ ...env, DATABASE_URL: 'postgres://user:planted-password@127.0.0.1:1/gateway' }),
  },
  {
    name: 'a file that is not a database',
    code: 'STORE_UNAVAILABLE',
    message: 'Check DATABASE_URL or DATABASE_FILE',
    args: () => ['api-key', 'list'],
    settings() {
      const other = home.settings();
      const file = other.DATABASE_FILE ?? '';
      mkdirSync(dirname(file));
      writeFileSync(file, 'not a database, but long enough to be read as the head of one'.repeat(20));
      return other;
    },
  },
  {
    name: 'an unreachable Twilio',
    code: 'TWILIO_UNAVAILABLE',
    message: 'did not respond',
    args: () => adding('new', home.parent),
    settings: () => ({ ...env, TWILIO_OAUTH_URL: 'http://127.0.0.1:1' }),
    stdin: secret,
  },
];

describe.concurrent('each error has a code, a remedy and exit code 1', () => {
  test.for(CASES)('$name', async ({ args, settings, stdin, message, code, argument }, { expect }) => {
    const input = stdin?.() ?? '';
    const variables = settings?.() ?? env;
    const ran = await cli([...args(), '--json'], variables, input);
    const { error } = json(ran.stderr);
    expect(error).toEqual({ code, message: expect.stringContaining(message), argument: argument ?? null });
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(error.message).not.toMatch(/\n\s+at |planted/);
    if (input) expect(ran.stderr).not.toContain(input);
  });
});

test('without --json the error is one sentence, after the option unless the sentence names it', async ({
  expect,
}) => {
  const ran = await cli(['credential', 'rename', 'support', '--nickname', ''], env);
  expect(ran.stderr).toMatch(/^--nickname: A nickname must have 1 to 64 [^\n]*\n$/);
});

test('a tampered secret is an error, but the rest of the store still works', async ({ expect }) => {
  const own = home.settings();
  await cli(adding('first', home.parent), own, home.parent.clientSecret);
  await cli(adding('second', home.active), own, home.active.clientSecret);
  const database = new DatabaseSync(own.DATABASE_FILE ?? '');
  database.exec(`update credentials set sealed_secret =
    (select sealed_secret from credentials where nickname = 'second') where nickname = 'first'`);
  database.close();
  const ran = await cli(['credential', 'check', 'first', '--json'], own);
  expect(ran.code).toBe(1);
  expect(json(ran.stderr).error.code).toBe('SECRET_UNREADABLE');
  expect((await cli(['credential', 'check', 'second'], own)).code).toBe(0);
  // Resealing is all or nothing: it fails if one secret does not open.
  const again = await cli(['keys', 'rotate', '--json'], {
    ...own,
    GATEWAY_ENCRYPTION_KEYS: `${'0123456789abcdef'.repeat(4)},${own.GATEWAY_ENCRYPTION_KEYS}`,
  });
  expect(json(again.stderr).error.code).toBe('SECRET_UNREADABLE');
  expect((await cli(['credential', 'check', 'second'], own)).code).toBe(0);
});
