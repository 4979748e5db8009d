import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ROOT, readDocument } from './markdown.ts';
import { listeningGateway } from './running.ts';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function runExample(name: string, url: string, ...args: string[]): Promise<Ended> {
  const path = fileURLToPath(new URL(`examples/${name}`, ROOT));
  const options = { env: { ...process.env, GATEWAY_URL: url }, timeout: 12_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

const DAY = 86_400_000;

test('every example is tested here and mentioned in README.md', () => {
  const files = readdirSync(new URL('examples/', ROOT)).sort();
  expect(files).toEqual(['export-failed.ts', 'watch-delivery.ts']);
  for (const file of files) expect(readDocument('README.md')).toContain(`examples/${file}`);
});

test('export-failed.ts prints each failed message of the last days once', async () => {
  await using gateway = await listeningGateway();
  const { code, stdout, stderr } = await runExample('export-failed.ts', gateway.url, '300');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

  const [head, ...lines] = stdout.trimEnd().split('\n');
  expect(head).toBe('"sid","created","sent","from","to","status","code","reason"');
  const sids = lines.map((line) => line.split(',')[0]?.replaceAll('"', ''));
  expect(new Set(sids)).toEqual(new Set(await failedSids(gateway.sandbox, 300)));
  expect(sids).toHaveLength(new Set(sids).size);
  // More than a page, so that the example followed endCursor.
  expect(sids.length).toBeGreaterThan(200);
  for (const line of lines) expect(line).toMatch(/^"[^"]+","[^"]+Z",.*,"(FAILED|UNDELIVERED)","\d*",".*"$/);
});

test('export-failed.ts prints the reason of a failure', async () => {
  await using gateway = await listeningGateway();
  gateway.sandbox.revokeTokens();
  gateway.sandbox.set({ tokenThrottle: 1, faultPath: '/v2/token' });
  const { code, stderr } = await runExample('export-failed.ts', gateway.url);
  expect(code).toBe(1);
  expect(stderr).toContain('Twilio limits the rate of requests for this account');
});

test('watch-delivery.ts follows a message to its final status', async () => {
  // The sandbox takes minutes to deliver a message.
  await using gateway = await listeningGateway({ speed: 100 });
  const sid = await sidWithStatus(gateway.url, 'SENDING');
  const { code, stdout } = await runExample('watch-delivery.ts', gateway.url, sid, '10');
  expect(stdout).toMatch(/^\S+Z SEN(DING|T)\n(\S+Z SENT\n)?\S+Z [A-Z]+\n(SUCCEEDED|FAILED)/);
  expect(code).toBe(stdout.includes('SUCCEEDED') ? 0 : 1);
});

test('watch-delivery.ts gives up on a message that stays SENT', async () => {
  await using gateway = await listeningGateway();
  const { sid } = gateway.sandbox.addMessage('parent', { status: 'sent' });
  const { code, stdout } = await runExample('watch-delivery.ts', gateway.url, sid, '2');
  expect(stdout).toMatch(/^\S+Z SENT\nStill SENT after 2 s\.\n$/);
  expect(code).toBe(2);
});

/** Reads the failed messages from the sandbox directly, independently of the gateway. */
async function failedSids(
  sandbox: Awaited<ReturnType<typeof listeningGateway>>['sandbox'],
  days: number,
): Promise<string[]> {
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

async function sidWithStatus(url: string, status: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ messages(first: 20) { nodes { sid status } } }' }),
  });
  const { data } = (await response.json()) as {
    data: { messages: { nodes: { sid: string; status: string }[] } };
  };
  const found = data.messages.nodes.find((message) => message.status === status);
  if (!found) throw new Error(`The sandbox has no new message that is ${status}.`);
  return found.sid;
}
