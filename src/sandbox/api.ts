import { accountPage } from './account-list.ts';
import { wireAccount } from './accounts.ts';
import { type AuthContext, authorize, type Caller, requirePermission } from './auth.ts';
import { notFound, TwilioError, unauthorized } from './errors.ts';
import { keysetPage } from './keyset.ts';
import { mediaList, mediaOf, type WireMedia } from './media.ts';
import { MediaFile } from './media-file.ts';
import { messageList, readDateRange } from './message-list.ts';
import { envelope, readPageRequest } from './paging.ts';
import type { Seed } from './random.ts';
import { withoutFormat } from './reply.ts';
import type { SandboxAccount, WireMessage } from './types.ts';

const MESSAGES = '/twilio/messaging/messages';
const ACCOUNTS = '/twilio/iam/accounts';
export interface ApiRequest extends AuthContext {
  method: string;
  /** As asked, with `.json`. */
  path: string;
  query: URLSearchParams;
  caller: Caller;
  nowMs: number;
  seed: Seed;
}

/** One path of the API, without its ending. The pattern's groups are SIDs. */
export interface Route {
  readonly pattern: RegExp;
  answer(request: ApiRequest, ...sids: string[]): unknown;
}

const SID = '([A-Z]{2}[0-9a-fA-F]{32})';
const ACCOUNT = '/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})';
const ACCOUNT_PATH = new RegExp(`^${ACCOUNT}(?:/|$)`);

/** Every resource of the sandbox. */
export const routes: Route[] = [
  { pattern: /^\/2010-04-01\/Accounts$/, answer: listAccounts },
  { pattern: new RegExp(`^${ACCOUNT}$`), answer: fetchAccount },
  { pattern: new RegExp(`^${ACCOUNT}/Messages$`), answer: listMessages },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}$`), answer: fetchMessage },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}/Media$`), answer: listMedia },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}/Media/(ME[0-9a-fA-F]{32})$`), answer: fetchMedia },
];

/** Answers a request to /2010-04-01 with the object to be written as the path's ending says, or with a file. */
export function answerApi(request: ApiRequest): unknown {
  const resource = withoutFormat(request.path);
  if (request.method !== 'GET') throw new TwilioError(405, 20004, 'Method not allowed');
  for (const { pattern, answer } of routes) {
    const match = pattern.exec(resource);
    if (match) return answer(request, ...match.slice(1));
  }
  throw notFound(request.path);
}

/** The account a path names, for the log. */
export function accountInPath(path: string): string | undefined {
  return ACCOUNT_PATH.exec(withoutFormat(path))?.[1];
}

function listAccounts(request: ApiRequest): unknown {
  const { caller, accounts, switches, now, path, query } = request;
  if (caller.kind === 'standard-key') throw unauthorized();
  requirePermission(caller, `${ACCOUNTS}/list`, switches);
  const whole = caller.account === accounts.parent;
  const all =
    whole && (caller.kind !== 'oauth' || switches.accountsUnderOAuth === 'full')
      ? accounts.all(now)
      : [caller.account];
  const filters = given(query, ['FriendlyName', 'Status']);
  const asked = { friendlyName: query.get('FriendlyName') || null, status: query.get('Status') || null };
  const page = readPageRequest(path, query, filters, switches);
  const { items, ...links } = accountPage(all, asked, page);
  return envelope('accounts', page, { ...links, items: items.map((account) => write(account, request)) });
}

function fetchAccount(request: ApiRequest, sid: string): unknown {
  if (request.caller.kind === 'standard-key') throw unauthorized();
  return write(authorize(request.caller, sid, `${ACCOUNTS}/read`, request.path, request), request);
}

function listMessages(request: ApiRequest, accountSid: string): unknown {
  const { query, path, switches, now, nowMs } = request;
  const account = authorize(request.caller, accountSid, `${MESSAGES}/list`, path, request);
  const filters = given(query, ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>']);
  const page = readPageRequest(path, query, filters, switches);
  const sent = readDateRange('DateSent', query, nowMs, switches);
  const filter = { to: query.get('To') || null, from: query.get('From') || null, sent };
  const history = historyOf(request, account);
  const { items, ...links } = keysetPage(messageList(history, filter, nowMs, switches), page, switches);
  return envelope('messages', page, { ...links, items: items.map((place) => history.build(place, now)) });
}

function fetchMessage(request: ApiRequest, accountSid: string, sid: string): WireMessage {
  const account = authorize(request.caller, accountSid, `${MESSAGES}/read`, request.path, request);
  return readMessage(request, account, sid).message;
}

function listMedia(request: ApiRequest, accountSid: string, sid: string): unknown {
  const { path, query, switches, nowMs } = request;
  const { media, created } = readMedia(request, accountSid, sid);
  const filters = given(query, ['DateCreated', 'DateCreated<', 'DateCreated>']);
  const page = readPageRequest(path, query, filters, switches);
  const range = readDateRange('DateCreated', query, nowMs, switches);
  const { items, ...links } = keysetPage(mediaList(media, created, range), page, switches);
  return envelope('media_list', page, { ...links, items: items.map((place) => media[place]) });
}

/** The item, or, without an ending, its file. */
function fetchMedia(
  request: ApiRequest,
  accountSid: string,
  sid: string,
  mediaSid: string,
): WireMedia | MediaFile {
  const item = readMedia(request, accountSid, sid).media.find((one) => one.sid === mediaSid);
  if (!item) throw notFound(request.path);
  return withoutFormat(request.path) === request.path ? new MediaFile(item.content_type) : item;
}

function readMedia(request: ApiRequest, accountSid: string, sid: string) {
  const { caller, path, switches, seed } = request;
  const permission = switches.mediaPermission || `${MESSAGES}/read`;
  const account = authorize(caller, accountSid, permission, path, request);
  const { message, created } = readMessage(request, account, sid);
  return { media: mediaOf(seed, message, created), created };
}

function readMessage(request: ApiRequest, account: SandboxAccount, sid: string) {
  const { now, nowMs, switches, path } = request;
  const history = historyOf(request, account);
  const place = history.place(sid, now);
  if (place === undefined || history.deleted(place)) throw notFound(path);
  const created = history.createdAt(place);
  if (created * 1000 < nowMs - switches.retentionDays * 86_400_000) throw notFound(path);
  if (now - created < switches.justCreated404Seconds) throw notFound(path);
  return { message: history.build(place, now), created };
}

function historyOf({ accounts, path }: ApiRequest, { sid }: SandboxAccount) {
  const history = accounts.history(sid);
  if (!history) throw notFound(path);
  return history;
}

/** An account with the auth_token this caller gets to see. */
function write(account: SandboxAccount, { caller, switches }: ApiRequest) {
  if (caller.kind === 'token') return wireAccount(account, account.authToken);
  if (caller.kind !== 'oauth' || switches.authTokenUnderOAuth === 'empty') return wireAccount(account, '');
  return wireAccount(account, switches.authTokenUnderOAuth === 'secret' ? account.authToken : undefined);
}

/** The known parameters of a query that have a value, in Twilio's order; the others are ignored. */
function given(query: URLSearchParams, names: readonly string[]): [string, string][] {
  return names.flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value ? [[name, value]] : [];
  });
}
