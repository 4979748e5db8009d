import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { GraphQLEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/commands/run-command.ts';
import { outcome } from '../../src/delivery/outcome.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { schema } from '../../src/schema/index.ts';
import { apiCalls, createKit } from '../kit.ts';
import { blocksOf, codeIn, ROOT, readDocument, tableUnder } from './markdown.ts';
import { pretty, requestsIn, type ShownRequest } from './requests.ts';

const PAGES = [
  'README.md',
  ...readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md')),
].map((name) => (name === 'README.md' ? name : `docs/${name}`));

/** The start of the sandbox whose responses the pages show. */
const SHOWN = Date.UTC(2026, 10, 22, 12);
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g;

/** All calls to Twilio, without token requests. */
const upstream: string[] = [];

/**
 * Runs a request against a new sandbox, because Twilio's request ids are sequential.
 *
 * @param start of the sandbox; the dates in the request keep their distance from it
 */
async function ask({ body, headers }: ShownRequest, start = SHOWN) {
  const now = () => start;
  const kit = createKit({ sandbox: { messages: 6_000, epoch: start, clock: now }, now });
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: shifted(JSON.stringify(body), start - SHOWN),
  });
  upstream.push(...apiCalls(kit.sandbox.calls));
  return response.json();
}

const shifted = (text: string, ms: number) =>
  text.replace(DATE, (date) => new Date(Date.parse(date) + ms).toISOString());

/** Returns a response without dates, and without cursors, which contain dates. */
const withoutDates = (response: unknown) =>
  JSON.parse(
    JSON.stringify(response, (key, value) => (key.endsWith('Cursor') ? typeof value : value)).replace(
      DATE,
      'a date',
    ),
  );

const pages = PAGES.map((page) => ({ page, requests: requestsIn(readDocument(page)) }));
const shown = pages.flatMap(({ page, requests }) => requests.map((request) => ({ page, ...request })));

// After an intended change: UPDATE_DOCS=1 npx vitest run test/docs/pages.test.ts
describe.runIf(process.env.UPDATE_DOCS)('the responses are updated', () => {
  test.each(pages)('in $page', async ({ page, requests }) => {
    const lines = readDocument(page).split('\n');
    // Backwards, so that earlier line numbers stay valid.
    for (const request of requests.toReversed()) {
      if (!request.response) continue;
      const { line, text } = request.response;
      lines.splice(line, text.trimEnd().split('\n').length, pretty(await ask(request)));
    }
    writeFileSync(new URL(page, ROOT), lines.join('\n'));
  });
});

describe.skipIf(process.env.UPDATE_DOCS)('requests and responses', () => {
  test('are found', () => {
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.filter(({ body }) => body.documentId)).toHaveLength(5);
    expect(shown.filter(({ response }) => response).length).toBeGreaterThan(6);
  });

  test.each(shown)('$page, line $line', async (request) => {
    const response = await ask(request);
    if (request.response) expect(response).toEqual(JSON.parse(request.response.text));
    else expect(response).toEqual({ data: expect.any(Object) });
  });

  test('are the same in a sandbox that starts now, but for the dates', async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    for (const request of shown.filter(({ response }) => response)) {
      expect(withoutDates(await ask(request, start))).toEqual(
        withoutDates(JSON.parse(request.response?.text ?? '')),
      );
    }
  });

  test('only read', () => {
    expect(upstream.length).toBeGreaterThan(shown.length);
    expect(upstream.filter((call) => !call.startsWith('GET '))).toEqual([]);
  });
});

test('every command exists and takes the options shown', async () => {
  const commands = PAGES.flatMap((page) =>
    [...readDocument(page).matchAll(/npm run (?:-s )?cli -- ([^\n`]+)/g)].map(([, line = '']) =>
      [...line.replace(/ +#.*/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word ?? '',
      ),
    ),
  );
  expect(commands.length).toBeGreaterThan(6);
  for (const command of commands) {
    let stderr = '';
    const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (stderr += text) } };
    // With --help the command line is parsed and checked, and nothing runs.
    const args = command[0] === 'help' ? command : [...command, '--help'];
    const code = await runCommandLine(args, io as unknown as Parameters<typeof runCommandLine>[1]);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
  }
});

test('no page advises a command from the registry', () => {
  for (const page of [...PAGES, 'SECURITY.md', 'CONTRIBUTING.md']) {
    expect(readDocument(page)).not.toMatch(/npx twilio-graphql-gateway/);
  }
});

test('README.md is a landing page, and leads to every other page', () => {
  const text = readDocument('README.md');
  expect(text.split('\n').length).toBeLessThan(200);
  for (const page of PAGES.filter((name) => name !== 'README.md')) expect(text).toContain(`(${page}`);
});

test('docs/embedding.md: the script reads the account', async () => {
  const [script, ...others] = blocksOf(readDocument('docs/embedding.md')).filter(({ lang }) => lang === 'js');
  expect(others).toEqual([]);
  const sandbox = createSandbox();
  const { url, close } = await sandbox.listen();
  const [app] = sandbox.apps;
  const code = script?.text.replace('twilio-graphql-gateway', String(new URL('src/index.ts', ROOT))) ?? '';
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env: {
      ...process.env,
      TWILIO_API_URL: url,
      TWILIO_OAUTH_URL: url,
      TWILIO_ACCOUNT_SID: app?.accountSid,
      TWILIO_CLIENT_ID: app?.clientId,
      TWILIO_CLIENT_SECRET: app?.clientSecret,
    },
  });
  await close();
  expect(JSON.parse(stdout).data.account.friendlyName).toBe(sandbox.accounts.parent.friendlyName);
});

test('docs/delivery.md: the table of outcomes matches the code', () => {
  const table = tableUnder(readDocument('docs/delivery.md'), 'Outcomes').map(([name, statuses = '']) => [
    codeIn(name) ?? '',
    statuses.split(', ').sort(),
  ]);
  const statuses = (schema.getType('MessageStatus') as GraphQLEnumType).getValues();
  const expected = Object.groupBy(statuses, ({ value }) => outcome(value));
  expect(Object.fromEntries(table)).toEqual(
    Object.fromEntries(
      Object.entries(expected).map(([name, values]) => [name, values.map((value) => value.name).sort()]),
    ),
  );
});
