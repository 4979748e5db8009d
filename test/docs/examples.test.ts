import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createManagedKit } from '../managed-kit.ts';
import { ROOT, readDocument } from './markdown.ts';

// Each example is a process, some with a code generator before them.
vi.setConfig({ testTimeout: 90_000 });

const FOLDER = fileURLToPath(new URL('examples/', ROOT));
const { scripts } = JSON.parse(readDocument('examples/package.json')) as { scripts: Record<string, string> };
const LISTS = ['apollo', 'urql', 'relay'];
const EXPORTS = ['fetch', 'python'];
const DAY = 86_400_000;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { ...process.env, ...env }, timeout: 240_000, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

/** Runs an example by its npm script, as the documentation says. */
const runExample = (name: string, env: Record<string, string>, ...args: string[]) =>
  run('npm', ['--prefix', FOLDER, 'run', '--silent', name, '--', ...args], env);

/** Runs an example whose code is generated already. */
const runAgain = (name: string, env: Record<string, string>, ...args: string[]) => {
  const [program = '', file = ''] = scripts[name]?.split(' && ').at(-1)?.split(' ') ?? [];
  return run(program, [`${FOLDER}${file}`, ...args], env);
};

/** Starts a gateway that requires keys, over a sandbox. @param speed factor of the sandbox's clock */
async function closedGateway({ speed = 1 } = {}) {
  const epoch = Date.now();
  const clock = () => epoch + (Date.now() - epoch) * speed;
  const sandbox = createSandbox({ epoch, clock, messages: 6_000 });
  const kit = await createManagedKit({ over: sandbox });
  const { authorization } = await kit.readerKey([await kit.addCredential('main')]);
  const listening = await listen(kit.gateway, 'localhost', 0);
  const key = authorization.replace('Bearer ', '');
  return {
    kit,
    sandbox,
    env: { GATEWAY_URL: `${listening.url}/graphql`, GATEWAY_KEY: key },
    query: async (query: string) => (await kit.query(query, {}, { authorization })).data,
    [Symbol.asyncDispose]: () => listening.close(0),
  };
}

// Their packages are not needed to run or change the gateway, so the root does not install them.
beforeAll(async () => {
  const installed = `${FOLDER}node_modules/.package-lock.json`;
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${FOLDER}package-lock.json`).mtimeMs;
  if (isCurrent) return;
  const { code, stderr } = await run('npm', ['--prefix', FOLDER, 'ci', '--no-audit', '--no-fund']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}, 300_000);

test('every example has a script, and docs/clients.md and README.md link to it', () => {
  // The page in `browser` is run by browser-auth.test.ts.
  const others = ['browser', 'node_modules'];
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !others.includes(entry.name),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(scripts).sort());
  for (const command of Object.values(scripts)) {
    const [, file = ''] = /(?:node|python3) (\S+)$/.exec(command) ?? [];
    expect(readDocument('README.md')).toContain(`(examples/${file})`);
    expect(readDocument('docs/clients.md')).toContain(`(../examples/${file})`);
    expect(readDocument(`examples/${file}`).split('\n').length).toBeLessThan(90);
  }
});

test('the examples have no type errors', async () => {
  for (const name of ['codegen', 'relay']) await runExample(name, {});
  const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', ROOT));
  expect(await run(tsc, ['-p', FOLDER])).toEqual({ code: 0, stdout: '', stderr: '' });
}, 60_000);

describe('with an API key', () => {
  test.each(EXPORTS)('%s prints each failed message of the last days once', async (name) => {
    await using gateway = await closedGateway();
    const { code, stdout, stderr } = await runExample(name, gateway.env, '300');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...lines] = stdout.trimEnd().replaceAll('"', '').split('\n');
    expect(head).toBe('sid,created,sent,from,to,status,code,reason');
    const sids = lines.map((line) => line.split(',')[0] ?? '');
    expect(sids.toSorted()).toEqual((await failedSids(gateway.sandbox, 300)).toSorted());
    // More than a page, so that the example followed endCursor.
    expect(sids.length).toBeGreaterThan(200);
    for (const line of lines) expect(line).toMatch(/^\w+,[^,]+Z,.*,(FAILED|UNDELIVERED),\d*,.*$/);
  });

  test.each(LISTS)('%s prints the newest messages of three pages once', async (name) => {
    await using gateway = await closedGateway();
    const { code, stdout, stderr } = await runExample(name, gateway.env, '3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { messages } = await gateway.query('{ messages(first: 60) { nodes { sid } } }');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[2])).toEqual(
      messages.nodes.map(({ sid }: { sid: string }) => sid),
    );
    for (const line of lines) expect(line).toMatch(/^\S+Z [A-Z_]+ (SM|MM)[0-9a-f]{32} Northwind$/);
  });

  test('codegen follows a message to its final status', async () => {
    // The sandbox takes minutes to deliver a message.
    await using gateway = await closedGateway({ speed: 100 });
    const { messages } = await gateway.query('{ messages(first: 20) { nodes { sid status } } }');
    const sending = messages.nodes.find(({ status }: { status: string }) => status === 'SENDING');
    const { code, stdout } = await runExample('codegen', gateway.env, sending.sid, '20');
    expect(stdout).toMatch(/^(\S+Z SEN(DING|T)\n)*\S+Z [A-Z]+\n(SUCCEEDED|FAILED)/);
    expect(code).toBe(stdout.includes('SUCCEEDED') ? 0 : 1);
  });

  test('codegen gives up on a message that stays SENT', async () => {
    await using gateway = await closedGateway();
    const { sid } = gateway.sandbox.addMessage('parent', { status: 'sent' });
    const { code, stdout } = await runExample('codegen', gateway.env, sid, '2');
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: expect.stringMatching(/^\S+Z SENT\nStill SENT after 2 s\.\n$/),
    });
  });
});

describe.each(Object.keys(scripts))('%s prints errors, not stacks:', (name) => {
  const args = name === 'codegen' ? [`SM${'0'.repeat(32)}`] : ['1'];

  test('without a valid key', async () => {
    await using gateway = await closedGateway();
    const ended = await runAgain(name, { ...gateway.env, GATEWAY_KEY: 'tgw_wrong' }, ...args);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This key is unknown\. [^\n]+\n$/),
    });
  });

  test('without a gateway', async () => {
    const env = { GATEWAY_URL: 'http://localhost:1/graphql', GATEWAY_KEY: '' };
    const { code, stderr } = await runAgain(name, env, ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) });
    expect(stderr).toMatch(/refused|fetch failed|ECONNREFUSED/i);
  });

  test('for an invalid argument', async () => {
    const { code, stderr } = await runAgain(name, {}, 'nonsense');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^usage: /i) });
    expect(stderr).not.toMatch(/^ +at |Traceback/m);
  });
});

/** Reads the failed messages from the sandbox directly, independently of the gateway. */
async function failedSids(sandbox: ReturnType<typeof createSandbox>, days: number): Promise<string[]> {
  const [app] = sandbox.apps;
  const token = await sandbox.fetch('https://oauth.twilio.com/v2/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app?.clientId ?? '',
      client_secret: app?.clientSecret ?? '',
    }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const found: string[] = [];
  let uri: string | null = `/2010-04-01/Accounts/${app?.accountSid}/Messages.json?PageSize=1000`;
  while (uri) {
    const headers = { authorization: `Bearer ${access_token}` };
    const response = await sandbox.fetch(`https://api.twilio.com${uri}`, { headers });
    const page = (await response.json()) as {
      messages: { sid: string; status: string; date_created: string }[];
      next_page_uri: string | null;
    };
    for (const { sid, status, date_created } of page.messages) {
      const recent = Date.parse(date_created) >= Date.now() - days * DAY;
      if (recent && (status === 'failed' || status === 'undelivered')) found.push(sid);
    }
    uri = page.next_page_uri;
  }
  return found;
}
