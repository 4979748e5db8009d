import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { GraphQLEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { outcome } from '../../src/delivery/outcome.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { schema } from '../../src/schema/index.ts';
import { apiCalls, createKit } from '../kit.ts';
import { blocksOf, codeIn, ROOT, readDocument, tableUnder } from './markdown.ts';
import { pretty, requestsIn, type ShownRequest } from './requests.ts';
import { listeningGateway } from './running.ts';

// Fixes the dates in the sandbox, so that whole responses can be compared.
const EPOCH = Date.UTC(2026, 10, 22, 12);
const now = () => EPOCH;

/** All calls to Twilio, without token requests. */
const upstream: string[] = [];

/** Runs a request against a new sandbox, because Twilio's request ids are sequential. */
async function ask({ body, headers }: ShownRequest) {
  const kit = createKit({ sandbox: { messages: 6_000, epoch: EPOCH, clock: now }, now });
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  upstream.push(...apiCalls(kit.sandbox.calls));
  return response.json();
}

const markdown = readDocument('README.md');
const requests = requestsIn(markdown);

describe('README.md: requests and responses', () => {
  test('are found', () => {
    expect(requests.length).toBeGreaterThan(10);
    expect(requests.filter(({ body }) => body.documentId)).toHaveLength(4);
    expect(requests.filter(({ response }) => response).length).toBeGreaterThan(6);
  });

  // After an intended change: UPDATE_DOCS=1 npx vitest run test/docs/readme.test.ts
  test.runIf(process.env.UPDATE_DOCS)('the responses are updated', async () => {
    const lines = markdown.split('\n');
    // Backwards, so that earlier line numbers stay valid.
    for (const request of requests.toReversed()) {
      if (!request.response) continue;
      const { line, text } = request.response;
      lines.splice(line, text.trimEnd().split('\n').length, pretty(await ask(request)));
    }
    writeFileSync(new URL('README.md', ROOT), lines.join('\n'));
  });

  test.skipIf(process.env.UPDATE_DOCS).each(requests)('line $line', async (request) => {
    const answer = await ask(request);
    if (request.response) expect(answer).toEqual(JSON.parse(request.response.text));
    else expect(answer).toEqual({ data: expect.any(Object) });
  });

  test('only read', () => {
    expect(upstream.length).toBeGreaterThan(requests.length);
    expect(upstream.filter((call) => !call.startsWith('GET '))).toEqual([]);
  });
});

describe('README.md: scripts', () => {
  const scripts = blocksOf(markdown).filter(({ lang }) => lang === 'js');
  const run = (code: string, env = {}) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, ...env },
    });

  test('are two', () => {
    expect(scripts).toHaveLength(2);
  });

  test('the fetch example prints a line per message', async () => {
    await using gateway = await listeningGateway();
    const code = scripts[0]?.text.replace('http://localhost:4000/graphql', gateway.url) ?? '';
    expect(code).toContain(gateway.url);
    const { stdout, stderr } = await run(code);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^((\S+Z|null) [A-Z_]+ (SM|MM)[0-9a-f]{32}\n)+$/);
  });

  test('the embedding example reads the account', async () => {
    const sandbox = createSandbox();
    const { url, close } = await sandbox.listen();
    const [app] = sandbox.apps;
    const code = scripts[1]?.text.replace('twilio-graphql-gateway', String(new URL('src/index.ts', ROOT)));
    const { stdout } = await run(code ?? '', {
      TWILIO_API_URL: url,
      TWILIO_OAUTH_URL: url,
      TWILIO_ACCOUNT_SID: app?.accountSid,
      TWILIO_CLIENT_ID: app?.clientId,
      TWILIO_CLIENT_SECRET: app?.clientSecret,
    });
    await close();
    expect(JSON.parse(stdout).data.account.friendlyName).toBe(sandbox.accounts.parent.friendlyName);
  });
});

test('README.md: the table of delivery outcomes matches the code', () => {
  const table = tableUnder(markdown, 'Delivery').map(([name, statuses = '']) => [
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
