import type { Endpoint } from './telemetry.ts';

const API = '/2010-04-01/';

/** By how many names a path has: Accounts / AC… / Messages / SM… / Media. */
const BY_LENGTH: readonly (Endpoint | undefined)[] = [
  undefined,
  'accounts_list',
  'account',
  'messages_list',
  'message',
  'media_list',
];

/** The path of each with its SIDs left out, for spans. */
export const TEMPLATES: Readonly<Record<Endpoint, string>> = {
  accounts_list: '/2010-04-01/Accounts.json',
  account: '/2010-04-01/Accounts/{Sid}.json',
  messages_list: '/2010-04-01/Accounts/{AccountSid}/Messages.json',
  message: '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json',
  media_list: '/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json',
  token: '/v2/token',
};

/** Which of Twilio's endpoints a URL, or a path, leads to; undefined for any other. */
export function endpointOf(url: string): Endpoint | undefined {
  const api = url.indexOf(API);
  const end = url.indexOf('?');
  if (api === -1 || (end !== -1 && end < api)) return url.endsWith('/v2/token') ? 'token' : undefined;
  let names = 1;
  const stop = end === -1 ? url.length : end;
  for (let at = url.indexOf('/', api + API.length); at !== -1 && at < stop; at = url.indexOf('/', at + 1)) {
    names += 1;
  }
  return BY_LENGTH[names];
}
