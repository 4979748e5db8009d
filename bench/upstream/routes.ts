import { LIST_LENGTH } from './messages.ts';
import { fill, type Templates } from './templates.ts';

export type CallKind = 'list' | 'message' | 'account' | 'accounts' | 'media' | 'token';

export interface RouteResult {
  readonly kind: CallKind;
  readonly status: number;
  readonly body: Buffer;
}

const ACCOUNTS = '/2010-04-01/Accounts';
const TOKEN_START = 'PASM';

/** Routes a request by slicing its path: AC, eight fixed digits, and the account's 24. */
export function route(url: string, templates: Templates): RouteResult | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (!path.startsWith(ACCOUNTS)) return undefined;
  if (path === `${ACCOUNTS}.json`) {
    return { kind: 'accounts', status: 200, body: fill(templates.accounts, '0'.repeat(24)) };
  }
  const tail = path.slice(ACCOUNTS.length + 11, ACCOUNTS.length + 35);
  const rest = path.slice(ACCOUNTS.length + 35);
  if (rest === '.json') return { kind: 'account', status: 200, body: fill(templates.account, tail) };
  if (rest === '/Messages.json') {
    const size = Math.min(1000, Number(parameter(query, 'PageSize') ?? 50));
    const template = templates.page(startOf(parameter(query, 'PageToken')), size);
    return { kind: 'list', status: 200, body: fill(template, tail) };
  }
  if (!rest.startsWith('/Messages/SM')) return undefined;
  if (rest.endsWith('/Media.json')) return { kind: 'media', status: 200, body: NO_MEDIA };
  const own = rest.slice(12, 36) === tail;
  const digits = rest.slice(36, 44);
  const body = own ? fill(templates.message(Number.parseInt(digits, 16)), tail, digits) : NOT_FOUND;
  return { kind: 'message', status: own ? 200 : 404, body };
}

/** A token is `PA` and the SID of the last message before the page. */
function startOf(token: string | undefined): number {
  if (!token?.startsWith(TOKEN_START)) return 0;
  return Math.min(LIST_LENGTH, Number.parseInt(token.slice(28, 36), 16) + 1);
}

function parameter(query: string, name: string): string | undefined {
  const start = query.startsWith(`${name}=`) ? 0 : query.indexOf(`&${name}=`) + 1;
  if (start === 0 && !query.startsWith(`${name}=`)) return undefined;
  const end = query.indexOf('&', start);
  return query.slice(start + name.length + 1, end < 0 ? undefined : end);
}

function errorBody(status: number, code: number, message: string): Buffer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return Buffer.from(JSON.stringify({ code, message, more_info, status }));
}

export const NOT_FOUND = errorBody(404, 20404, 'The requested resource was not found');
export const TOO_MANY = errorBody(429, 20429, 'Too Many Requests');
export const NO_TOKEN = errorBody(401, 20003, 'Authenticate');

const NO_MEDIA = Buffer.from(
  JSON.stringify({ media_list: [], page: 0, page_size: 50, next_page_uri: null, previous_page_uri: null }),
);

/** Like Twilio's response: the two null keys are always present. */
export const ACCESS_TOKEN = Buffer.from(
  JSON.stringify({
    access_token: 'bench.access.token',
    id_token: null,
    token_type: 'Bearer',
    expires_in: 86_400,
    refresh_token: null,
  }),
);
