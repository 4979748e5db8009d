import { expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { createKit, noErrors } from '../kit.ts';
import { readDocument } from './markdown.ts';
import { requestsIn } from './requests.ts';

/** When the README's sandbox starts. */
const NOW = Date.UTC(2026, 10, 22, 12);
/** The statuses of the outcome FAILED. */
const FAILED = new Set(['failed', 'undelivered']);
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Reads all messages of the parent account from the sandbox itself, page by page. */
async function allMessages({ accounts: { parent }, fetch }: Sandbox): Promise<WireMessage[]> {
  const authorization = `Basic ${Buffer.from(`${parent.sid}:${parent.authToken}`).toString('base64')}`;
  const found: WireMessage[] = [];
  let path: string | null = `/2010-04-01/Accounts/${parent.sid}/Messages.json?PageSize=1000`;
  while (path) {
    const response = await fetch(`https://api.twilio.com${path}`, { headers: { authorization } });
    const page = (await response.json()) as { messages: WireMessage[]; next_page_uri: string | null };
    found.push(...page.messages);
    path = page.next_page_uri;
  }
  return found;
}

const berlinDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' });

test('the README counts what failed in the last 7 days, by error code, per day in Berlin', async () => {
  const request = requestsIn(readDocument('README.md')).find(({ body }) =>
    JSON.stringify(body).includes('messageStats'),
  );
  const { query = '' } = (request?.body ?? {}) as { query?: string };
  const sandbox = createSandbox({ messages: 6_000, epoch: NOW, clock: () => NOW });
  const since = NOW - WEEK_MS;
  // Rejected before they were sent: without a sent date, on both sides of the limit and of midnight in Berlin.
  const rejected = { status: 'failed', error_code: 30034, date_sent: null } as const;
  for (const at of [
    since - 1_000,
    since,
    NOW - 1_000,
    Date.UTC(2026, 10, 18, 22, 59),
    Date.UTC(2026, 10, 18, 23),
  ]) {
    sandbox.addMessage('parent', {
      ...rejected,
      date_created: new Date(at).toUTCString().replace('GMT', '+0000'),
    });
  }

  const expected = new Map<string, number>();
  let undated = 0;
  for (const { status, date_created, date_sent, error_code } of await allMessages(sandbox)) {
    const created = Date.parse(date_created ?? '');
    if (!FAILED.has(status) || created < since) continue;
    if (date_sent === null) undated += 1;
    const key = `${berlinDay.format(created)} ${error_code}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  expect(undated).toBeGreaterThanOrEqual(4);

  const kit = createKit({ over: sandbox, now: () => NOW });
  const { data } = noErrors(await kit.query(query));
  const { groups, coverage } = data.messageStats;
  expect(coverage).toEqual({ complete: true });
  const found = groups.map(
    (group: { start: string; error: { code: number } | null; measures: { messages: number } }) => [
      `${berlinDay.format(new Date(group.start))} ${group.error?.code ?? null}`,
      group.measures.messages,
    ],
  );
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  expect(found).toHaveLength(expected.size);
});
