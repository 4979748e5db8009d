import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiKeyCommands, parseExpiry } from '../../src/commands/api-key.ts';
import { parseArguments } from '../../src/commands/arguments.ts';
import type { Io } from '../../src/commands/command.ts';
import { credentialCommands } from '../../src/commands/credential.ts';
import { exportMessages } from '../../src/commands/export.ts';
import { keysRotate } from '../../src/commands/keys.ts';
import { columns } from '../../src/commands/output.ts';
import { runCommandLine } from '../../src/commands/run-command.ts';
import { sandbox, schema, start } from '../../src/commands/start.ts';
import { run } from '../e2e/process.ts';
import { cli, openHome, spawnAndWait } from './kit.ts';

const COMMANDS = [
  start,
  sandbox,
  schema,
  ...credentialCommands,
  ...apiKeyCommands,
  exportMessages,
  keysRotate,
];

/** Runs a command line in this process; it must not touch the environment or stdin. */
async function say(...argv: string[]) {
  const out = { code: 0, stdout: '', stderr: '' };
  const io: Pick<Io, 'stdout' | 'stderr'> = {
    stdout: { write: (text) => (out.stdout += text) },
    stderr: { write: (text) => (out.stderr += text) },
  };
  const touched = (what: string) => () => {
    throw new Error(`${what} was touched`);
  };
  const full = Object.defineProperties(io, {
    env: { get: touched('the environment') },
    stdin: { get: touched('stdin') },
  }) as Io;
  out.code = await runCommandLine(argv, full);
  return out;
}

describe('help', () => {
  test('lists every command', async () => {
    const { stdout, code } = await say('help');
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary[0]}`, 'm'));
    expect((await say('--help')).stdout).toBe(stdout);
  });

  test.for(COMMANDS)(
    'of $name lists every option, without loading settings',
    async ({ name, options, examples = [], ...command }, { expect }) => {
      const asked = await say(...name.split(' '), '--help');
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      expect(asked.stdout).toContain(`Usage: npm run cli -- ${name}`);
      for (const option of Object.keys(options))
        expect(asked.stdout).toMatch(new RegExp(`^  --${option} `, 'm'));
      expect(await say('help', ...name.split(' '))).toEqual(asked);
      expect(await say(...name.split(' '), '-h')).toEqual(asked);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const program = example.includes(' > ') ? 'npm run -s cli' : 'npm run cli';
        expect(asked.stdout).toContain(`  ${program} -- ${example}\n`);
        const words = example.replace(/ [<>] \S+$/, '').match(/"[^"]*"|\S+/g) ?? [];
        const args = words.slice(name.split(' ').length).map((word) => word.replaceAll('"', ''));
        expect(example.startsWith(name)).toBe(true);
        expect(parseArguments({ name, options, ...command }, args)).toBeTruthy();
      }
    },
  );

  test('for a noun lists its commands', async () => {
    const { stdout } = await say('api-key', '--help');
    expect(stdout).toContain('api-key revoke');
    expect(stdout).not.toContain('credential add');
    expect((await say('help', 'api-key')).stdout).toBe(stdout);
  });
});

const PLANTED = 'Planted_Secret_0123456789abcdefgh';

describe('an invalid command line prints the reason and the usage, and exits with 2', () => {
  test.for([
    { line: [], message: 'A command is missing.' },
    { line: ['serve'], message: 'There is no command "serve".' },
    { line: ['constructor'], message: 'There is no command "constructor".' },
    { line: [PLANTED], message: 'There is no such command.' },
    { line: ['credential'], message: 'A command is missing.' },
    { line: ['credential', 'delete'], message: 'There is no command "credential delete".' },
    { line: ['credential', PLANTED], message: 'There is no such command.' },
    { line: ['help', 'nonsense'], message: 'There is no command "nonsense".' },
    { line: ['start', '--port', '80'], message: 'start has no option --port.' },
    { line: ['credential', 'add', '--nickname', 'x'], message: 'credential add needs --client-id.' },
    { line: ['credential', 'add', '--nickname'], message: "Option '--nickname <value>' argument missing." },
    { line: ['credential', 'add', `--${PLANTED}`], message: 'credential add has no such option.' },
    { line: ['credential', 'add', '--client-secret', PLANTED], message: '--client-secret is not supported' },
    { line: ['credential', 'rotate', 'x', `--secret=${PLANTED}`], message: '--secret is not supported' },
    { line: ['api-key', 'revoke', '--token', PLANTED], message: '--token is not supported' },
    { line: ['credential', 'add', `-${PLANTED}`], message: 'credential add has no such option.' },
    { line: ['credential', 'add', PLANTED], message: 'takes options only, but got 1 argument' },
    {
      line: ['credential', 'list', `--json=${PLANTED}`],
      message: "Option '--json' does not take an argument.",
    },
    { line: ['credential', 'rotate'], message: 'credential rotate needs ID|NICKNAME.' },
    {
      line: ['credential', 'rotate', 'x', PLANTED],
      message: 'takes one ID|NICKNAME, but got 2 arguments',
    },
    { line: ['credential', 'check'], message: 'needs either ID|NICKNAME or --client-id' },
    { line: ['credential', 'check', 'x', '--client-id', 'OQ'], message: 'needs either' },
    { line: ['credential', 'check', 'x', '--account-sid', 'AC'], message: 'requires --client-id' },
    { line: ['api-key', 'create', '--name', 'x'], message: 'or create an ADMIN key with --admin' },
    { line: ['api-key', 'create', '--name', 'x', '--admin', '--credential', 'y'], message: 'omit' },
    { line: ['api-key', 'create', '--name', 'x', '--admin', '--expires', 'soon'], message: '30d, 12h' },
  ])('$line', async ({ line, message }, { expect }) => {
    const ran = await say(...line);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr.split('\n')[0]).toContain(message);
    expect(ran.stderr).toContain('Usage: npm run cli --');
    expect(ran.stderr).not.toContain(PLANTED);
  });

  test('as JSON with --json', async () => {
    const { stderr, code } = await say('credential', 'rename', 'x', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'USAGE', message: 'credential rename needs --nickname.', argument: '--nickname' },
    });
    expect(JSON.parse((await say('credential', 'delete', '--json')).stderr).error.code).toBe('USAGE');
  });
});

describe('--expires', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');

  test.for([
    ['30d', '2026-12-22T10:00:00.000Z'],
    ['12h', '2026-11-22T22:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T12:00:00Z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00+02:00', '2027-01-31T10:00:00.000Z'],
  ])('%s', ([text = '', expected], { expect }) => {
    expect(parseExpiry(text, now).toISOString()).toBe(expected);
  });

  // A time without a zone would depend on the machine.
  test.for(['', '30', '-1d', '1y', '2027-02-29', '2027-13-01', '2027-01-31T12:00', '31.01.2027', 'tomorrow'])(
    'rejects "%s"',
    (text, { expect }) => {
      expect(() => parseExpiry(text, now)).toThrow('--expires takes');
    },
  );
});

test('table columns are aligned, and control characters are replaced', () => {
  expect(
    columns([
      ['NAME', 'ID'],
      ['Zoë 🙂', '1'],
      ['\x1b[31mred\n', '22'],
    ]),
  ).toBe('NAME       ID\nZoë 🙂      1\n\u{fffd}[31mred\u{fffd}  22');
});

test('start loads none of the other commands', async () => {
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process.stderr.write('loads ' + url + '\\n'); return next(url, context); } });`;
  const program = run(
    ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, 'src/cli.ts', 'start'],
    { PORT: 'none' },
  );
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain('PORT must be');
  const loaded = [...program.output().matchAll(/loads .*\/src\/commands\/([\w-]+)\.ts/g)].map(
    ([, name]) => name,
  );
  expect(loaded).toContain('start');
  for (const name of ['credential', 'api-key', 'keys', 'session']) expect(loaded).not.toContain(name);
});

test('--version prints the version, and the usage of a command has examples', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await cli(['--version'], {})).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  const { stdout } = await cli(['api-key', 'create', '--help'], {});
  expect(stdout).toContain('Examples:\n  npm run cli -- api-key create --admin --name ops\n');
});

test('the first ADMIN key at a terminal needs a yes; its note names the database', async () => {
  const home = await openHome();
  const env = home.settings();
  const command = `${process.execPath} src/cli.ts api-key create --admin --name ops`;
  // A terminal, by script of util-linux.
  const at = (reply: string) =>
    spawnAndWait('script', ['-qec', command, '/dev/null'], env, (child) => {
      child.stdout.once('data', () => child.stdin.write(`${reply}\n`));
    });
  const no = await at('n');
  expect([no.code, no.stdout]).toEqual([1, expect.stringContaining('No key was created.')]);
  const yes = await at('y');
  expect(yes.code).toBe(0);
  expect(yes.stdout).toContain(`Database: ${resolve(env.DATABASE_FILE ?? '')}.`);
  expect(yes.stdout).toContain('From now on the gateway requires a key for every request.');
  expect((await at('')).stdout).not.toContain('[y/N]');
  await home.close();
}, 60_000);
