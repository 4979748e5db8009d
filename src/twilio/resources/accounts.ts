import { asObject, createForm, requireText, textOrNull } from '../parse.ts';
import { defineResource } from '../resource.ts';
import { SID_PREFIX, sidExpression } from '../sid.ts';

/** An account with Twilio's own field names, without its `auth_token`, which the parser drops. */
export interface WireAccount {
  sid: string;
  friendly_name: string | null;
  status: string | null;
  type: string | null;
  /** The account's own SID where it is a parent. */
  owner_account_sid: string | null;
  date_created: string | null;
  date_updated: string | null;
}

const ACCOUNT_SID = createForm(sidExpression(SID_PREFIX.account));

export const accounts = defineResource({
  types: ['Account', 'Subaccount'],
  sidPrefix: SID_PREFIX.account,
  parse: parseAccount,
  read: {
    label: 'account',
    template: '/2010-04-01/Accounts/{Sid}.json',
    permission: {
      name: 'ACCOUNTS_READ',
      twilioName: '/twilio/iam/accounts/read',
      description: 'To read one account.',
    },
    lifetime: (_, { accountMs }) => accountMs,
    // The payload contains the account's auth token, which must not be cached.
    redact: parseAccount,
  },
  // Pages of accounts are not cached: cached single accounts save as many calls.
  list: {
    label: 'accounts_list',
    template: '/2010-04-01/Accounts.json',
    key: 'accounts',
    fixedPageSize: true,
    permission: {
      name: 'ACCOUNTS_LIST',
      twilioName: '/twilio/iam/accounts/list',
      description: 'To list accounts.',
    },
    redact: withoutAuthTokens,
  },
  // A parent has at most a thousand subaccounts by default, which is one page.
  batchByList: true,
  probe: (ownAccountSid) => ({ Sid: ownAccountSid }),
});

/** Copies field by field, so that `auth_token`, which is in the payload, is dropped. */
function parseAccount(value: unknown): WireAccount {
  const account = asObject(value, 'an account');
  const { sid } = account;
  requireText(sid, 'account', 'sid', ACCOUNT_SID);
  return {
    sid,
    friendly_name: textOrNull(account.friendly_name),
    status: textOrNull(account.status),
    type: textOrNull(account.type),
    owner_account_sid: textOrNull(account.owner_account_sid, ACCOUNT_SID),
    date_created: textOrNull(account.date_created),
    date_updated: textOrNull(account.date_updated),
  };
}

function withoutAuthTokens(json: unknown): unknown {
  const { accounts: items } = json as { accounts?: unknown };
  return Array.isArray(items) ? { ...(json as object), accounts: items.map(parseAccount) } : json;
}
