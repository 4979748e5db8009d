import { rfc2822 } from './dates.ts';
import { TwilioError } from './errors.ts';
import { createGeneratedMessages } from './generated-messages.ts';
import { createMessages, type Messages } from './messages.ts';
import { badToken, type Page, type PageRequest } from './paging.ts';
import type { Seed } from './random.ts';
import type { SandboxSwitches } from './switches.ts';
import type { NewAccount, SandboxAccount } from './types.ts';

const DAY = 86_400;
/** Time after which a closed subaccount is deleted. https://www.twilio.com/docs/iam/api/subaccounts */
const CLOSED_SECONDS = 30 * DAY;
/** subresource_uris of an account, in Twilio's order. */
const SUBRESOURCES = {
  available_phone_numbers: 'AvailablePhoneNumbers',
  calls: 'Calls',
  conferences: 'Conferences',
  incoming_phone_numbers: 'IncomingPhoneNumbers',
  notifications: 'Notifications',
  outgoing_caller_ids: 'OutgoingCallerIds',
  recordings: 'Recordings',
  transcriptions: 'Transcriptions',
  addresses: 'Addresses',
  signing_keys: 'SigningKeys',
  connect_apps: 'ConnectApps',
  sip: 'SIP',
  authorized_connect_apps: 'AuthorizedConnectApps',
  usage: 'Usage',
  keys: 'Keys',
  applications: 'Applications',
  short_codes: 'SMS/ShortCodes',
  queues: 'Queues',
  messages: 'Messages',
  balance: 'Balance',
};

/** The parent and its subaccounts with their messages. */
export interface Accounts {
  readonly parent: SandboxAccount;
  readonly fixed: { active: SandboxAccount; suspended: SandboxAccount; closed: SandboxAccount };
  add(account: NewAccount, now: number): SandboxAccount;
  /** Finds an account that exists at `now`; a closed one disappears after 30 days. */
  find(sid: string, now: number): SandboxAccount | undefined;
  /** The parent first, then the subaccounts, newest first. */
  all(now: number): SandboxAccount[];
  messages(sid: string): Messages | undefined;
  /** Messages of every account, to find a message whose account is unknown. */
  allMessages(): Iterable<Messages>;
}

export interface AccountsOptions {
  seed: Seed;
  /** Seconds since 1970. */
  epoch: number;
  messages: number;
  switches: SandboxSwitches;
}

export function createAccounts({ seed, epoch, messages, switches }: AccountsOptions): Accounts {
  const accounts = new Map<string, SandboxAccount>();
  const allMessages = new Map<string, Messages>();

  function put(label: string, account: Partial<SandboxAccount>, count: number, end = epoch): SandboxAccount {
    const sid = seed.sid('AC', label);
    const hex = (what: string, length: number) => seed.bytes(`${what}:${label}`).toString('hex', 0, length);
    const created = account.dateCreated ?? epoch;
    const made: SandboxAccount = {
      sid,
      authToken: hex('auth-token', 16),
      friendlyName: label,
      type: 'Full',
      ownerAccountSid: seed.sid('AC', 'parent'),
      status: 'active',
      dateCreated: created,
      dateUpdated: account.closedAt ?? created + DAY,
      closedAt: null,
      apiKeys: {
        main: { sid: seed.sid('SK', `main:${label}`), secret: hex('main-secret', 16) },
        standard: { sid: seed.sid('SK', `standard:${label}`), secret: hex('standard-secret', 16) },
      },
      ...account,
    };
    const offset = accounts.size;
    const generated = createGeneratedMessages({ seed, account: sid, offset, count, end, epoch, switches });
    accounts.set(sid, made);
    allMessages.set(sid, createMessages(sid, generated));
    return made;
  }

  const ago = (days: number) => epoch - days * DAY;
  const parent = put('parent', { friendlyName: 'Northwind', dateCreated: ago(900) }, messages);
  const active = put('active', { friendlyName: 'Northwind Lending', dateCreated: ago(700) }, 700);
  const suspended = put(
    'suspended',
    { friendlyName: 'Northwind Trials', status: 'suspended', dateCreated: ago(600) },
    400,
    ago(10),
  );
  const closed = put(
    'closed',
    { friendlyName: 'Northwind Cards', status: 'closed', dateCreated: ago(500), closedAt: ago(20) },
    300,
    ago(20),
  );

  const exists = (account: SandboxAccount, now: number) =>
    account.status !== 'closed' || now < (account.closedAt ?? now) + CLOSED_SECONDS;

  return {
    parent,
    fixed: { active, suspended, closed },
    add({ friendlyName, status = 'active', messages: count = 0 }, now) {
      const label = `added-${accounts.size}`;
      const closedAt = status === 'closed' ? now : null;
      // An account with generated messages is older than all of them.
      const dateCreated = count > 0 ? ago(431) : now;
      return put(label, { friendlyName: friendlyName ?? label, status, dateCreated, closedAt }, count);
    },
    find(sid, now) {
      const account = accounts.get(sid);
      return account && exists(account, now) ? account : undefined;
    },
    all(now) {
      const subaccounts = [...accounts.values()].filter((account) => account !== parent).reverse();
      subaccounts.sort((a, b) => b.dateCreated - a.dateCreated);
      return [parent, ...subaccounts].filter((account) => exists(account, now));
    },
    messages: (sid) => allMessages.get(sid),
    allMessages: () => allMessages.values(),
  };
}

/** Formats an account as the API does; without `authToken`, the key is absent. */
export function wireAccount(account: SandboxAccount, authToken: string | undefined) {
  const path = `/2010-04-01/Accounts/${account.sid}`;
  const uris = Object.entries(SUBRESOURCES).map(([name, file]) => [name, `${path}/${file}.json`]);
  return {
    ...(authToken === undefined ? {} : { auth_token: authToken }),
    date_created: rfc2822(account.dateCreated),
    date_updated: rfc2822(account.dateUpdated),
    friendly_name: account.friendlyName,
    owner_account_sid: account.ownerAccountSid,
    sid: account.sid,
    status: account.status,
    subresource_uris: Object.fromEntries(uris),
    type: account.type,
    uri: `${path}.json`,
  };
}

/** Accounts are filtered by exact friendly name and by status. */
export interface AccountFilter {
  friendlyName: string | null;
  status: string | null;
}

/**
 * Returns one page of accounts. Its page tokens differ from those of messages: `PT` and the base64 of
 * `{filter},date,[sids]:page:total`, braces percent-encoded. Their filter overrides the one in the query.
 */
export function accountPage(
  all: readonly SandboxAccount[],
  queryFilter: AccountFilter,
  request: PageRequest,
): Page<SandboxAccount> {
  if (request.page > 0 && request.token === null) {
    throw new TwilioError(400, 70002, 'Paged requests must include a PageToken');
  }
  const token = request.token === null ? null : readToken(request.token);
  const filter = token?.filter ?? queryFilter;
  const matching = all.filter(
    ({ friendlyName, status }) =>
      (filter.friendlyName === null || filter.friendlyName === friendlyName) &&
      (filter.status === null || filter.status === status),
  );
  const start = token?.sid == null ? 0 : matching.findIndex(({ sid }) => sid === token.sid) + 1;
  if (token?.sid != null && start === 0) throw badToken();
  const items = matching.slice(start, start + request.size);
  const write = (page: number, last: SandboxAccount | undefined) =>
    writeToken(filter, page, last, matching.length);
  // The token before this page names the last account of the page before that one.
  const before = matching[start - request.size - 1];
  return {
    items,
    next: start + items.length < matching.length ? write(request.page + 1, items.at(-1)) : undefined,
    previous: start === 0 ? undefined : write(request.page - 1, before),
  };
}

function writeToken(
  filter: AccountFilter,
  page: number,
  last: SandboxAccount | undefined,
  total: number,
): string {
  const json = JSON.stringify({ friendlyName: filter.friendlyName, status: filter.status });
  const braces = json.replace('{', '%7B').replace(/}$/, '%7D');
  const date = new Date((last?.dateCreated ?? 0) * 1000).toISOString().replace('.000Z', '+00:00');
  const text = `${braces},${date},${JSON.stringify(last ? [last.sid] : [])}:${page}:${total}`;
  return `PT${Buffer.from(text).toString('base64')}`;
}

function readToken(token: string): { filter: AccountFilter; sid: string | null } {
  const text = token.startsWith('PT') ? Buffer.from(token.slice(2), 'base64').toString() : '';
  const match = /^%7B(.*)%7D,[^,]*,\[(?:"(AC[0-9a-f]{32})")?\]:\d+:\d+$/.exec(text);
  if (!match) throw badToken();
  try {
    const { friendlyName, status } = JSON.parse(`{${match[1]}}`) as AccountFilter;
    return { filter: { friendlyName, status }, sid: match[2] ?? null };
  } catch {
    throw badToken();
  }
}
