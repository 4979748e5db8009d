import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

/** Tokens are short-lived, so that the gateway renews them often. */
export const SANDBOX: SandboxOptions = { messages: 3_000, switches: { tokenTtlSeconds: 45 } };

export interface Known {
  readonly sid: string;
  readonly account_sid: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly body: string;
  readonly status: string;
  readonly num_segments: string;
  readonly date_created: string;
  readonly date_sent: string | null;
}

/** Twilio's data, read directly from a sandbox with the same seed and epoch. */
export interface Truth {
  readonly credential: { accountSid: string; clientId: string; clientSecret: string };
  readonly accounts: readonly { sid: string; friendly_name: string; status: string }[];
  /** Newest first. */
  readonly messages: readonly Known[];
  readonly bySid: ReadonlyMap<string, Known>;
}

export async function readTruth(epoch: number): Promise<Truth> {
  const sandbox = createSandbox({ ...SANDBOX, epoch });
  const credential = sandbox.apps[0];
  if (!credential) throw new Error('The sandbox has no app.');
  const form = { client_id: credential.clientId, client_secret: credential.clientSecret };
  const granted = await sandbox.fetch('/v2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const get = async (path: string) => {
    const response = await sandbox.fetch(path, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`The sandbox responded ${response.status} to ${path}.`);
    return (await response.json()) as never;
  };
  const { accounts } = (await get('/2010-04-01/Accounts.json?PageSize=50')) as Truth;
  const messages: Known[] = [];
  let next: string | null = `/2010-04-01/Accounts/${credential.accountSid}/Messages.json?PageSize=1000`;
  while (next) {
    const page: { messages: Known[]; next_page_uri: string | null } = await get(next);
    messages.push(...page.messages);
    next = page.next_page_uri;
  }
  return { credential, accounts, messages, bySid: new Map(messages.map((one) => [one.sid, one])) };
}
