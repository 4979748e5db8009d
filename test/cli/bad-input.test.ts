import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { adding, cli, type Home, json, openHome } from './kit.ts';

// Many processes, one after another, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await openHome();
  env = home.settings();
  // Others may then open the database at once, without making it first.
  await cli(adding('support', home.parent), env, home.parent.clientSecret);
});
afterAll(() => home.close());

interface Case {
  name: string;
  code: string;
  argument?: string | null;
  /** A part of what people are told. */
  says: string;
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
    says: 'Choose another nickname',
    args: () => adding('SUPPORT', home.parent),
    stdin: secret,
  },
  ...['', ' ', 'x'.repeat(65)].map((nickname) => ({
    name: `a nickname of ${nickname.length} characters that cannot be one`,
    code: 'BAD_USER_INPUT',
    argument: '--nickname',
    says: '1 to 64 characters',
    args: () => ['credential', 'rename', 'support', '--nickname', nickname],
  })),
  {
    name: 'a client id that is no OQ…',
    code: 'BAD_USER_INPUT',
    argument: '--client-id',
    says: 'Copy it from the OAuth app',
    args: () => adding('new', { clientId: 'SK00000000000000000000000000000000' }),
    stdin: secret,
  },
  {
    name: 'a secret that can be none',
    code: 'BAD_USER_INPUT',
    argument: 'clientSecret',
    says: 'Copy it whole',
    args: () => adding('new', home.parent),
    stdin: () => 'planted secret with blanks',
  },
  {
    name: 'a secret that Twilio refuses',
    code: 'CREDENTIAL_REFUSED',
    says: 'the client secret is the current one',
    args: () => ['credential', 'check', '--client-id', home.parent.clientId],
    stdin: () => 'planted-secret-that-is-wrong',
  },
  {
    name: 'an account that is not that of the token',
    code: 'ACCOUNT_MISMATCH',
    argument: '--account-sid',
    says: 'belongs to account AC',
    args: () => [...adding('new', home.parent), '--account-sid', home.active.accountSid],
    stdin: secret,
  },
  {
    name: 'an account SID that is none',
    code: 'BAD_USER_INPUT',
    argument: '--account-sid',
    says: 'followed by 32 hexadecimal digits',
    args: () => [...adding('new', home.parent), '--account-sid', `AC${'0'.repeat(31)}/`],
    stdin: secret,
  },
  {
    name: 'an unknown nickname',
    code: 'CREDENTIAL_UNKNOWN',
    argument: 'ID|NICKNAME',
    says: 'Use one of: support.',
    args: () => ['credential', 'remove', 'nobody', '--yes'],
  },
  {
    name: 'an unknown id of a credential for a key',
    code: 'CREDENTIAL_UNKNOWN',
    argument: '--credential',
    says: 'Use one of: support.',
    args: () => ['api-key', 'create', '--name', 'tool', '--credential', UNKNOWN_ID],
  },
  {
    name: 'an unknown API key',
    code: 'NOT_FOUND',
    argument: 'ID|NAME',
    says: 'api-key list',
    args: () => ['api-key', 'revoke', UNKNOWN_ID],
  },
  {
    name: 'a date of expiry that has passed',
    code: 'BAD_USER_INPUT',
    argument: '--expires',
    says: 'Choose a later one',
    args: () => ['api-key', 'create', '--name', 'tool', '--admin', '--expires', '2020-01-31'],
  },
  {
    name: 'an over-long name of a key',
    code: 'BAD_USER_INPUT',
    argument: '--name',
    says: '1 to 64 characters',
    args: () => ['api-key', 'create', '--name', 'x'.repeat(65), '--admin'],
  },
  {
    name: 'no key to seal with, against the real Twilio',
    code: 'ENCRYPTION_KEY_MISSING',
    says: 'openssl rand -base64 32',
    args: () => adding('new', home.parent),
    settings: () => ({ ...home.settings(), GATEWAY_ENCRYPTION_KEYS: '' }),
    stdin: secret,
  },
  {
    name: 'a key that is none',
    code: 'SETTINGS_INVALID',
    says: 'GATEWAY_ENCRYPTION_KEYS',
    args: () => ['keys', 'rotate'],
    settings: () => ({ ...env, GATEWAY_ENCRYPTION_KEYS: 'planted-key-that-is-too-short' }),
  },
  {
    name: "to change a credential of the gateway's settings",
    code: 'READ_ONLY',
    says: 'Change the environment variables',
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
    says: 'ECONNREFUSED',
    args: () => ['credential', 'list'],
    settings: () => ({ ...env, DATABASE_URL: 'postgres://user:planted-password@127.0.0.1:1/gateway' }),
  },
  {
    name: 'a database file that is none',
    code: 'STORE_UNAVAILABLE',
    says: 'Check DATABASE_URL or DATABASE_FILE',
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
    name: 'a Twilio that cannot be reached',
    code: 'TWILIO_UNAVAILABLE',
    says: 'did not answer',
    args: () => adding('new', home.parent),
    settings: () => ({ ...env, TWILIO_OAUTH_URL: 'http://127.0.0.1:1' }),
    stdin: secret,
  },
];

describe.concurrent('each error has its code, its remedy and exit code 1', () => {
  test.for(CASES)('$name', async ({ args, settings, stdin, says, code, argument }, { expect }) => {
    const input = stdin?.() ?? '';
    const variables = settings?.() ?? env;
    const ran = await cli([...args(), '--json'], variables, input);
    const { error } = json(ran.stderr);
    expect(error).toEqual({ code, message: expect.stringContaining(says), argument: argument ?? null });
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(error.message).not.toMatch(/\n\s+at |planted/);
    if (input) expect(ran.stderr).not.toContain(input);
  });
});

test('for people it is a sentence alone, with the option in front of it where that is not plain', async ({
  expect,
}) => {
  const ran = await cli(['credential', 'rename', 'support', '--nickname', ''], env);
  expect(ran.stderr).toMatch(/^--nickname: A nickname has 1 to 64 characters[^\n]*\n$/);
});

test('a sealed secret that was tampered with, and nothing else of the store with it', async ({ expect }) => {
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
  // All or nothing: a key is not given up as long as one secret does not open.
  const again = await cli(['keys', 'rotate', '--json'], {
    ...own,
    GATEWAY_ENCRYPTION_KEYS: `${'0123456789abcdef'.repeat(4)},${own.GATEWAY_ENCRYPTION_KEYS}`,
  });
  expect(json(again.stderr).error.code).toBe('SECRET_UNREADABLE');
  expect((await cli(['credential', 'check', 'second'], own)).code).toBe(0);
});
