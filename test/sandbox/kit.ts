import {
  createSandbox,
  type Sandbox,
  type SandboxOAuthApp,
  type SandboxOptions,
  type WireMessage,
} from '../../src/sandbox/sandbox.ts';

/** Noon in GMT, so that there is time before and after it on the same day. */
export const EPOCH = Date.UTC(2026, 5, 15, 12);
export const DAY = 86_400_000;

export interface Envelope {
  first_page_uri: string;
  end: number;
  previous_page_uri: string | null;
  messages: WireMessage[];
  accounts: Record<string, unknown>[];
  media_list: Record<string, string>[];
  uri: string;
  page_size: number;
  start: number;
  next_page_uri: string | null;
  page: number;
}

export interface ErrorBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

/** Creates a sandbox with a fake clock. */
export function sandboxKit(options: SandboxOptions = {}) {
  let time = EPOCH;
  const sandbox = createSandbox({ epoch: EPOCH, clock: () => time, messages: 600, ...options });
  const { parent, active } = sandbox.accounts;
  const messages = `/2010-04-01/Accounts/${parent.sid}/Messages.json`;

  async function get<T = Envelope>(path: string, authorization = basic(parent.sid, parent.authToken)) {
    const response = await sandbox.fetch(`https://api.twilio.com${path}`, { headers: { authorization } });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** Reads the page at `path` and all linked ones; throws on a cycle. */
  async function follow(path: string, link: 'next_page_uri' | 'previous_page_uri'): Promise<Envelope[]> {
    const pages: Envelope[] = [];
    for (let uri: string | null = path; uri !== null; ) {
      const { body }: { body: Envelope } = await get(uri);
      uri = body[link];
      if (pages.push(body) > 1000) throw new Error(`endless pages: ${uri}`);
    }
    return pages;
  }

  return {
    sandbox,
    parent,
    active,
    parentApp: appAt(sandbox, 0),
    activeApp: appAt(sandbox, 1),
    messages,
    get,
    follow,
    /** Like `get`, for requests that fail. */
    getError: (path: string, authorization?: string) => get<ErrorBody>(path, authorization),
    /** Reads all messages from `path` on. */
    async walk(path: string): Promise<WireMessage[]> {
      return (await follow(path, 'next_page_uri')).flatMap((page) => page.messages);
    },
    advance(seconds: number) {
      time += seconds * 1000;
    },
  };
}

function appAt(sandbox: Sandbox, index: number): SandboxOAuthApp {
  const app = sandbox.apps[index];
  if (!app) throw new Error(`no app ${index}`);
  return app;
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export function requestToken(
  sandbox: Sandbox,
  form: Record<string, string>,
  type?: string,
): Promise<Response> {
  return sandbox.fetch('https://oauth.twilio.com/v2/token', {
    method: 'POST',
    headers: { 'content-type': type ?? 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

export function credentials({ clientId, clientSecret }: SandboxOAuthApp): Record<string, string> {
  return { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
}

/** Returns an Authorization header with a new access token of the app. */
export async function bearer(sandbox: Sandbox, app: SandboxOAuthApp): Promise<string> {
  const response = (await (await requestToken(sandbox, credentials(app))).json()) as { access_token: string };
  return `Bearer ${response.access_token}`;
}

/** Returns the time by which lists sort a message, in milliseconds. */
export function orderedAt({ date_sent, date_created }: WireMessage): number {
  return Date.parse(date_sent ?? date_created ?? '');
}

export function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`nothing at ${index} of ${list.length}`);
  return item;
}

export const sidsOf = (messages: readonly { sid: string }[]) => messages.map(({ sid }) => sid);
