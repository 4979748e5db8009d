import { existsSync, globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { adding, cli, type Home, openHome, spawnAndWait, transcript } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await openHome();
  env = home.settings();
});
afterAll(() => home.close());

const isLinux = process.platform === 'linux';
// util-linux's `script` runs a program in a pseudo-terminal; that of macOS and the BSDs has other arguments.
const hasTerminal = isLinux && existsSync('/usr/bin/script');

/** Runs a command in a terminal and types each answer when its prompt appears. */
function onTerminal(args: readonly string[], answers: readonly (readonly [RegExp, string])[]) {
  const command = [process.execPath, 'scripts/cli.mjs', ...args].map((word) => `'${word}'`).join(' ');
  return spawnAndWait('script', ['-qec', command, '/dev/null'], env, ({ stdin, stdout }) => {
    const remaining = [...answers];
    let output = '';
    stdout.on('data', (chunk) => {
      output += chunk;
      const [next] = remaining;
      if (!next?.[0].test(output)) return;
      remaining.shift();
      stdin.write(next[1]);
    });
  });
}

test.runIf(isLinux)(
  'a piped secret appears neither in the arguments nor the environment nor the title of the process',
  async () => {
    home.sandbox.set({ latencyMs: 300 });
    const seen: string[] = [];
    const { clientId, clientSecret } = home.active;
    const ran = await spawnAndWait(
      process.execPath,
      ['scripts/cli.mjs', ...adding('slow', { clientId })],
      env,
      ({ stdin, pid }) => {
        stdin.end(clientSecret);
        const timer = setInterval(() => {
          if (!home.sandbox.calls.some(({ path }) => path.startsWith('/v2/token'))) return;
          // The process has read and sent the secret.
          clearInterval(timer);
          seen.push(
            ...['cmdline', 'environ', 'comm'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')),
          );
        }, 10);
      },
    );
    home.sandbox.set({ latencyMs: 0 });
    expect(ran.code).toBe(0);
    expect(seen.join()).toContain(clientId);
    expect(seen.join()).not.toContain(clientSecret);
  },
);

test('a secret in an argument is rejected with advice and not repeated', async () => {
  const planted = 'planted-in-the-arguments-9f2c';
  const ran = await cli([...adding('x', home.parent), `--client-secret=${planted}`], env);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(
    "--client-secret is not supported: everyone on this machine can read a program's",
  );
  expect(ran.stderr).toContain('stdin');
  expect(ran.stderr).not.toContain(planted);
});

test('an empty stdin is an error that says how to pass a secret', async () => {
  const ran = await cli(adding('x', home.parent), env, '\n');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('Stdin has no client secret.');
});

describe.runIf(hasTerminal)('on a terminal', () => {
  test('the prompt for a secret hides it and supports editing keys', async () => {
    const { clientSecret } = home.parent;
    const half = clientSecret.slice(0, 20);
    const typed = `thrown away\x15${half}xy\x7f\x7f\x1b[D${clientSecret.slice(20)}\r`;
    const ran = await onTerminal(adding('desk', home.parent), [[/Client secret: $/, typed]]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/Client secret: \r\n/);
    expect(ran.stdout).toMatch(/^Nickname +desk\r$/m);
    expect(ran.stdout).not.toContain(half);
    expect(ran.stdout).not.toContain('thrown away');
  });

  test('Ctrl-C at the prompt exits with 130 and changes nothing', async () => {
    const ran = await onTerminal(adding('never', home.parent), [[/Client secret: $/, 'abc\x03']]);
    expect(ran.code).toBe(130);
    expect((await cli(['credential', 'list'], env)).stdout).not.toContain('never');
  });

  test('remove needs "y" for confirmation; Ctrl-C exits with 130', async () => {
    await cli(adding('doomed', home.active), env, home.active.clientSecret);
    await cli(['api-key', 'create', '--name', 'case tool', '--credential', 'doomed'], env);
    const remove = ['credential', 'remove', 'doomed'];
    const kept = await onTerminal(remove, [[/\[y\/N\] $/, '\r']]);
    expect(kept.code).toBe(1);
    expect(kept.stdout).toContain('These API keys lose access: case tool.');
    expect(kept.stdout).toContain('Nothing was removed.');
    expect((await onTerminal(remove, [[/\[y\/N\] $/, '\x03']])).code).toBe(130);
    const list = () => cli(['credential', 'list'], env);
    expect((await list()).stdout).toContain('doomed');
    expect((await onTerminal(remove, [[/\[y\/N\] $/, 'y\r']])).code).toBe(0);
    expect((await list()).stdout).not.toContain('doomed');
  });
});

test('neither the output of these tests nor the databases contain a secret', async () => {
  const files = globSync(`${home.directory}/**/*.db*`);
  expect(files.length).toBeGreaterThan(0);
  const kept = files.map((file) => readFileSync(file, 'latin1')).join('');
  const printed = transcript.join('');
  for (const { clientId, clientSecret } of home.sandbox.apps) {
    expect(kept).toContain(clientId);
    expect(printed).toContain(clientId);
    expect(kept + printed).not.toContain(clientSecret);
  }
  expect(printed).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
});
