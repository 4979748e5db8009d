import { existsSync, globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { adding, cli, type Home, openHome, spawnAndWait, transcript } from './kit.ts';

// Many processes, one after another, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
let env: Record<string, string>;
beforeAll(async () => {
  home = await openHome();
  env = home.settings();
});
afterAll(() => home.close());

const isLinux = process.platform === 'linux';
// util-linux's runs a program on a pseudo-terminal; that of macOS and the BSDs takes other arguments.
const hasTerminal = isLinux && existsSync('/usr/bin/script');

/** Types each answer once its prompt shows. */
function onTerminal(args: readonly string[], answers: readonly (readonly [RegExp, string])[]) {
  const command = [process.execPath, 'src/cli.ts', ...args].map((word) => `'${word}'`).join(' ');
  return spawnAndWait('script', ['-qec', command, '/dev/null'], env, (stdin, output) => {
    const left = [...answers];
    const timer = setInterval(() => {
      const [next] = left;
      if (!next?.[0].test(output())) return;
      left.shift();
      stdin.write(next[1]);
    }, 20);
    timer.unref();
  });
}

test.runIf(isLinux)(
  'neither arguments, environment nor title of the process show a piped secret',
  async () => {
    home.sandbox.set({ latencyMs: 300 });
    const seen: string[] = [];
    const { clientId, clientSecret } = home.active;
    const ran = await spawnAndWait(
      process.execPath,
      ['src/cli.ts', ...adding('slow', { clientId })],
      env,
      (stdin, _output, pid) => {
        stdin.end(clientSecret);
        const timer = setInterval(() => {
          if (!home.sandbox.calls.some(({ path }) => path.startsWith('/v2/token'))) return;
          // By now the secret has been read and sent.
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

test('a secret in an argument is refused, says why and how, and is not repeated', async () => {
  const planted = 'planted-in-the-arguments-9f2c';
  const ran = await cli([...adding('x', home.parent), `--client-secret=${planted}`], env);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('--client-secret is not taken: the arguments of a program can be read');
  expect(ran.stderr).toContain('stdin');
  expect(ran.stderr).not.toContain(planted);
});

test('without anything on stdin it says how to give a secret', async () => {
  const ran = await cli(adding('x', home.parent), env, '\n');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('No client secret came from stdin.');
});

describe.runIf(hasTerminal)('on a terminal', () => {
  test('the secret is asked for and not shown; keys to correct it work', async () => {
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

  test('Ctrl-C at the prompt ends with 130 and changes nothing', async () => {
    const ran = await onTerminal(adding('never', home.parent), [[/Client secret: $/, 'abc\x03']]);
    expect(ran.code).toBe(130);
    expect((await cli(['credential', 'list'], env)).stdout).not.toContain('never');
  });

  test('remove asks, and anything but yes leaves the credential; Ctrl-C ends with 130', async () => {
    await cli(adding('doomed', home.active), env, home.active.clientSecret);
    await cli(['api-key', 'create', '--name', 'case tool', '--credential', 'doomed'], env);
    const remove = ['credential', 'remove', 'doomed'];
    const kept = await onTerminal(remove, [[/\[y\/N\] $/, '\r']]);
    expect(kept.code).toBe(1);
    expect(kept.stdout).toContain('These API keys lose it: case tool.');
    expect(kept.stdout).toContain('Nothing was removed.');
    expect((await onTerminal(remove, [[/\[y\/N\] $/, '\x03']])).code).toBe(130);
    const list = () => cli(['credential', 'list'], env);
    expect((await list()).stdout).toContain('doomed');
    expect((await onTerminal(remove, [[/\[y\/N\] $/, 'y\r']])).code).toBe(0);
    expect((await list()).stdout).not.toContain('doomed');
  });
});

test('in all of this no secret was printed, and none is in the database', async () => {
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
