import { describe, expect, test } from 'vitest';
import { createKit } from '../kit.ts';

/** Values that must not be revealed; access tokens are recognized by their form, a JWT. */
const kit = createKit({ sandbox: { messages: 300, switches: { authTokenUnderOAuth: 'secret' } } });
const planted = new Map<string, string>();
for (const { nickname, clientSecret } of kit.sandbox.apps) planted.set(`secret of ${nickname}`, clientSecret);
for (const [name, { authToken, apiKeys }] of Object.entries(kit.sandbox.accounts)) {
  planted.set(`auth token of ${name}`, authToken);
  planted.set(`api key of ${name}`, apiKeys.main.secret);
}
const answers: string[] = [];

function findLeaks(text: string, secrets: Iterable<[string, string]>): string[] {
  return [...secrets].flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

async function send(query: string, headers: Record<string, string> = {}): Promise<void> {
  answers.push(JSON.stringify(await kit.query(query, {}, headers)));
}

describe('no planted secret is revealed', () => {
  test('by any field, error or log line, whatever fails', async () => {
    const { suspended } = kit.sandbox.accounts;
    const everything = `{ account { sid friendlyName ... on Account { subaccounts { nodes { sid friendlyName } } } }
      accounts { nodes { sid friendlyName ownerAccountSid } }
      credentials { nickname clientId permissions { granted twilioName } account { sid } }
      messages(first: 20) { nodes { sid body account { sid } media { sid } delivery { error { explanation } } } } }`;
    await send(everything);
    await send('{ account { sid authToken auth_token } }');
    await send(`{ messages(accountSid: "${suspended.sid}") { nodes { sid } } }`);
    await send('{ account { sid } }', { 'x-twilio-credential': 'sandbox-subaccount' });
    for (const switches of [
      { fail500: 1 },
      { fail429: 1 },
      { resetConnection: 1 },
      { htmlInsteadOfJson: 1 },
    ]) {
      kit.sandbox.set({ fail500: 0, fail429: 0, resetConnection: 0, htmlInsteadOfJson: 0, ...switches });
      await send('{ account { sid } }');
    }
    kit.sandbox.set({ fail500: 0, fail429: 0, resetConnection: 0, htmlInsteadOfJson: 0 });
    kit.sandbox.revokeTokens();
    await send('{ account { sid } }');
    kit.sandbox.revokeTokens();
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.rotateSecret(clientId);
    await send('{ account { sid } }');
    kit.sandbox.set({ tokenThrottle: 1 });
    await send('{ account { sid } }', { 'x-twilio-credential': 'sandbox-subaccount' });

    expect(answers.join('')).toContain('CREDENTIAL_REFUSED');
    expect(kit.lines.length).toBeGreaterThan(10);
    const out = [...answers, ...kit.lines].join('\n');
    expect(findLeaks(out, planted)).toEqual([]);
    expect(out).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
  });

  test('and the search finds secrets that are present', () => {
    const [name, value] = [...planted][0] ?? ['', ''];
    expect(findLeaks(`x${value}x`, planted)).toEqual([name]);
  });
});

test('neither phone numbers nor bodies reach the log', async () => {
  const { to, body } = kit.sandbox.addMessage('parent', { body: 'Your code is 847261' });
  const quiet = createKit({ sandbox: { messages: 50 } });
  await quiet.query(`{ messages(filter: { to: "${to}", bodyContains: "847261" }) { nodes { to body } } }`);
  await quiet.query('query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }', {
    f: { to: `${to}x`, bodyContains: body },
  });
  expect(quiet.lines.join('')).not.toContain(String(to));
  expect(quiet.lines.join('')).not.toContain('847261');
});
