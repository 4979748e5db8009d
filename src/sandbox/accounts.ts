import { rfc2822 } from './dates.ts';
import { createHistory, type History } from './history.ts';
import type { Seed } from './random.ts';
import { createRows } from './rows.ts';
import type { SandboxSwitches } from './switches.ts';
import type { NewAccount, SandboxAccount } from './types.ts';

const DAY = 86_400;
/** A closed subaccount is deleted after so long. https://www.twilio.com/docs/iam/api/subaccounts */
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
  /** An account that exists at `now`; a closed one is gone after a while. */
  find(sid: string, now: number): SandboxAccount | undefined;
  /** The parent first, then the subaccounts, newest first. */
  all(now: number): SandboxAccount[];
  history(sid: string): History | undefined;
  /** Every history, to find a message whose account is not known. */
  histories(): Iterable<History>;
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
  const histories = new Map<string, History>();

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
    const rows = createRows({ seed, account: sid, offset, count, end, epoch, switches });
    accounts.set(sid, made);
    histories.set(sid, createHistory(sid, rows));
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
      // An account that comes with a past is older than its messages.
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
    history: (sid) => histories.get(sid),
    histories: () => histories.values(),
  };
}

/** An account as the API writes it; `authToken` undefined leaves the key out. */
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
