/** The data of the fake upstream: every account has the same list, with its own SIDs. */

export const LIST_LENGTH = 100_000;

/** Messages with this index modulo 100 have the status `failed`. */
const FAILED_AT = 37;

const SID_HEAD = 'be4c0000';
const SECOND = 1000;

/** A message with Twilio's keys in Twilio's order. */
export interface WireMessage {
  body: string;
  num_segments: string;
  direction: string;
  from: string;
  date_updated: string;
  price: string | null;
  error_message: string | null;
  uri: string;
  account_sid: string;
  num_media: string;
  to: string;
  date_created: string;
  status: string;
  sid: string;
  date_sent: string | null;
  messaging_service_sid: string | null;
  error_code: number | null;
  price_unit: string;
  api_version: string;
  subresource_uris: { media: string; feedback: string };
}

export interface WireAccount {
  status: string;
  date_updated: string;
  auth_token: string;
  friendly_name: string;
  owner_account_sid: string;
  uri: string;
  sid: string;
  date_created: string;
  type: string;
  subresource_uris: Record<string, string>;
}

/** Returns the SID of an account from its last 24 digits, which its messages share. */
export const accountSid = (tail: string): string => `AC${SID_HEAD}${tail}`;

/** The ends of SIDs differ, as Twilio's do. */
export const messageSid = (index: number, tail: string): string =>
  `SM${tail}${index.toString(16).padStart(8, '0')}`;

/** Midnight of yesterday, so that all messages are within Twilio's retention. */
export const newestDate = (now = Date.now()): number => Math.floor(now / 86_400_000 - 1) * 86_400_000;

const date = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

/** Returns the message at `index` (0 is the newest). All have a final status. */
export function wireMessage(index: number, tail: string, newest: number): WireMessage {
  const created = newest - index * 40 * SECOND;
  const inbound = index % 5 === 0;
  const failed = index % 100 === FAILED_AT;
  const account = accountSid(tail);
  const sid = messageSid(index, tail);
  const path = `/2010-04-01/Accounts/${account}/Messages/${sid}`;
  const [customer, us] = [`+1415555${String(index % 10_000).padStart(4, '0')}`, '+14155550100'];
  return {
    body: bodyOf(index, inbound),
    num_segments: index % 7 === 0 ? '2' : '1',
    direction: inbound ? 'inbound' : 'outbound-api',
    from: inbound ? customer : us,
    date_updated: date(created + 3 * SECOND),
    price: failed ? null : '-0.00790',
    error_message: failed ? 'Message filtered' : null,
    uri: `${path}.json`,
    account_sid: account,
    num_media: '0',
    to: inbound ? us : customer,
    date_created: date(created),
    status: failed ? 'failed' : inbound ? 'received' : 'delivered',
    sid,
    date_sent: date(created + SECOND),
    messaging_service_sid: inbound ? null : 'MG5be2a3c1d0e94f7f8a6b7c8d9e0f1a2b',
    error_code: failed ? 30007 : null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
  };
}

export function wireAccount(tail: string, newest: number): WireAccount {
  const sid = accountSid(tail);
  const path = `/2010-04-01/Accounts/${sid}`;
  const parts = ['Addresses', 'Applications', 'Calls', 'Messages', 'Recordings', 'Usage'];
  return {
    status: 'active',
    date_updated: date(newest - 86_400 * SECOND),
    auth_token: '',
    friendly_name: 'Northwind Bank',
    owner_account_sid: sid,
    uri: `${path}.json`,
    sid,
    date_created: date(newest - 90 * 86_400 * SECOND),
    type: 'Full',
    subresource_uris: Object.fromEntries(parts.map((part) => [part.toLowerCase(), `${path}/${part}.json`])),
  };
}

function bodyOf(index: number, inbound: boolean): string {
  if (inbound)
    return index % 10 === 0 ? 'Sí, gracias 👍 see you at 9' : 'Yes, please call me back after 5 pm.';
  const code = String(100_000 + ((index * 7919) % 900_000));
  return index % 3 === 0
    ? `${code} is your Northwind verification code. It expires in 10 minutes. Do not share it with anyone.`
    : `Hello, your Northwind card ending in ${code.slice(0, 4)} was used for $${index % 500}.00 at 12:${code.slice(4)}. Reply STOP if this was not you, or HELP to speak with somebody.`;
}
