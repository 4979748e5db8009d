import { createServer, type ServerResponse } from 'node:http';
import { ACCESS_TOKEN, NO_TOKEN, NOT_FOUND, TOO_MANY } from '../upstream/routes.ts';
import { ACCOUNT, isDeleted, isUndated, type MessageList, messageOf, numberOf, timeOf } from './messages.ts';

/**
 * Twilio's list of one long account, in a process of its own. Environment: PORT, TOTAL and NEWEST of the list. A list takes
 * 300 ms, a message 20 ms, and 5 % of the lists are rejected with 429.
 */
const LIST_MS = 300;
const MESSAGE_MS = 20;
const REJECTED_OF = 20;
const ACCOUNT_PATH = `/2010-04-01/Accounts/${ACCOUNT}`;

let list: MessageList = {
  total: Number(process.env.TOTAL),
  newest: Number(process.env.NEWEST),
  isChanged: false,
};
const counts = { lists: 0, rejected: 0, messages: 0 };

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const url = new URL(request.url ?? '/', 'http://upstream');
  request.resume();
  if (url.pathname === '/counts') return send(response, 200, JSON.stringify(counts));
  if (url.pathname === '/change') {
    list = { ...list, isChanged: true };
    return send(response, 200, '{}');
  }
  if (url.pathname.startsWith('/v2/token')) return send(response, 200, ACCESS_TOKEN);
  if (!request.headers.authorization?.startsWith('Bearer ')) return send(response, 401, NO_TOKEN);
  if (url.pathname === `${ACCOUNT_PATH}/Messages.json`) {
    counts.lists += 1;
    if (counts.lists % REJECTED_OF === 7) {
      counts.rejected += 1;
      return send(response, 429, TOO_MANY);
    }
    return void setTimeout(() => send(response, 200, pageOf(url.searchParams)), LIST_MS);
  }
  const sid = /\/Messages\/(SM[0-9a-f]{32})\.json$/.exec(url.pathname)?.[1];
  if (sid !== undefined) {
    counts.messages += 1;
    return void setTimeout(() => send(response, 200, bodyOf(numberOf(sid))), MESSAGE_MS);
  }
  if (url.pathname === `${ACCOUNT_PATH}.json`) return send(response, 200, ACCOUNT_BODY);
  send(response, 404, NOT_FOUND);
});

/** The page after the number in the token, of those that were sent in the range. */
function pageOf(query: URLSearchParams): string {
  const size = Number(query.get('PageSize') ?? 50);
  const page = Number(query.get('Page') ?? 0);
  const token = query.get('PageToken');
  const until = query.get('DateSent<');
  const since = query.get('DateSent>');
  const isFiltered = until !== null || since !== null;
  const newest = until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
  const oldest = since === null ? Number.NEGATIVE_INFINITY : Date.parse(since);
  let number = token === null ? firstUntil(newest) : numberOf(token) + 1;
  const matches = () => !isDeleted(number, list) && !(isFiltered && isUndated(number));
  const items: string[] = [];
  let last = '';
  for (; number < list.total && timeOf(number, list) >= oldest; number += 1) {
    if (!matches()) continue;
    if (items.length === size) break;
    items.push(bodyOf(number));
    last = number.toString(16).padStart(8, '0');
  }
  const isEnd = number >= list.total || timeOf(number, list) < oldest;
  const next = new URLSearchParams(query);
  next.set('Page', String(page + 1));
  next.set('PageToken', `PASM${'0'.repeat(24)}${last}`);
  const path = `${ACCOUNT_PATH}/Messages.json`;
  const uri = (one: URLSearchParams) => JSON.stringify(`${path}?${one}`);
  const start = page * size;
  return `{"first_page_uri":${uri(new URLSearchParams({ PageSize: String(size), Page: '0' }))},"end":${start + Math.max(0, items.length - 1)},"previous_page_uri":null,"messages":[${items.join()}],"uri":${uri(query)},"page_size":${size},"start":${start},"next_page_uri":${isEnd ? 'null' : uri(next)},"page":${page}}`;
}

/** The first number that was sent at this time or before. */
function firstUntil(time: number): number {
  let [low, high] = [0, list.total];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(middle, list) > time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bodyOf(number: number): string {
  const message = messageOf(number, list);
  const path = `${ACCOUNT_PATH}/Messages/${message.sid}`;
  return JSON.stringify({
    ...message,
    uri: `${path}.json`,
    api_version: '2010-04-01',
    subresource_uris: { media: `${path}/Media.json` },
  });
}

const ACCOUNT_BODY = JSON.stringify({
  sid: ACCOUNT,
  owner_account_sid: ACCOUNT,
  friendly_name: 'Northwind Bank',
  status: 'active',
  type: 'Full',
  date_created: 'Mon, 01 Jan 2024 00:00:00 +0000',
  date_updated: 'Mon, 01 Jan 2024 00:00:00 +0000',
  uri: `${ACCOUNT_PATH}.json`,
});

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Twilio-Request-Id': 'RQ4b2c6d8e0f1a2b3c4d5e6f708192a3b4',
  });
  response.end(body);
}

server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('disconnect', () => process.exit(0));
