import { openHistory } from '../../src/history/open-history.ts';
import { UNDATED } from '../../src/history/sync/plan.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';

const PAGE_SIZE = 1_000;
/** How far back the copy reaches, as the sandbox's list does. */
const EVERYTHING = { since: new Date(0), until: new Date('2099-01-01') };

export interface FillOptions {
  /** The file of the copy. */
  readonly file: string;
  /** Of the sandbox that the gateway reads: the same ones give the same messages. */
  readonly epoch: number;
  readonly messages: number;
}

/**
 * Fills a copy of the history with every message of the sandbox's parent account, page by page as the sync saves them, and
 * records that all of it was read. The sync then reads only what is new.
 *
 * @returns how many messages there are
 */
export async function fillCopy({ file, epoch, messages }: FillOptions): Promise<number> {
  const history = openHistory({ file });
  const sandbox = createSandbox({ epoch, messages });
  const accountSid = sandbox.accounts.parent.sid;
  await history.setPolicy({ accountSid, enabled: true, paused: false, keepsBodies: true, days: null });
  let saved = Promise.resolve<unknown>(undefined);
  let count = 0;
  for await (const page of pagesOf(sandbox, accountSid)) {
    // One page is saved, in the thread of the store, while the next one is made.
    await saved;
    saved = history.savePage({ accountSid, messages: page, readAt: new Date(epoch) });
    saved.catch(() => {});
    count += page.length;
  }
  await saved;
  await finishSlices(history, accountSid);
  await history.compact();
  await history.close();
  return count;
}

async function* pagesOf(
  sandbox: ReturnType<typeof createSandbox>,
  accountSid: string,
): AsyncGenerator<readonly WireMessage[]> {
  const [app] = sandbox.apps;
  if (!app) throw new Error('The sandbox has no app.');
  const granted = await sandbox.fetch('/v2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.clientId,
      client_secret: app.clientSecret,
    }).toString(),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  let next: string | null = `/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=${PAGE_SIZE}`;
  while (next) {
    const response = await sandbox.fetch(next, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`The sandbox responded ${response.status}.`);
    const page = (await response.json()) as { messages: WireMessage[]; next_page_uri: string | null };
    yield page.messages;
    next = page.next_page_uri;
  }
}

/** Records that every slice was read, the whole list included, which the sync would read again in the background. */
async function finishSlices(history: ReturnType<typeof openHistory>, accountSid: string): Promise<void> {
  const dueAt = new Date(0);
  await history.planSlices([
    { accountSid, key: 'everything', ...EVERYTHING, rank: 0, dueAt },
    { accountSid, key: UNDATED, since: null, until: null, rank: 1, dueAt },
  ]);
  const readAt = new Date();
  for (const { lease } of await history.claimSlices({ leaseMs: 60_000, limit: 2, accountSid })) {
    await history.savePage({
      accountSid,
      messages: [],
      readAt,
      currentAt: readAt,
      slice: { lease, done: { dueAt: null } },
    });
  }
}
