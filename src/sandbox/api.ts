import { accountPage, wireAccount } from './accounts.ts';
import { type AuthContext, authorize, type Caller, requirePermission } from './auth.ts';
import { notFound, TwilioError, unauthorized } from './errors.ts';
import { MediaRedirect, mediaList, mediaOf, type WireMedia } from './media.ts';
import { messageList, readDateRange } from './message-list.ts';
import { envelope, keysetPage, readPageRequest } from './paging.ts';
import type { Seed } from './random.ts';
import { withoutFormat } from './response.ts';
import type { SandboxAccount, WireMessage } from './types.ts';
import { readUsageRange, usagePage, usageRecordsOf } from './usage.ts';

const MESSAGES = '/twilio/messaging/messages';
const ACCOUNTS = '/twilio/iam/accounts';
const USAGE = '/twilio/usage/records/list';
export interface ApiRequest extends AuthContext {
  method: string;
  /** With its extension, such as `.json`. */
  path: string;
  query: URLSearchParams;
  caller: Caller;
  nowMs: number;
  seed: Seed;
}

/** A path of the API without its extension. The pattern's groups are SIDs, and the parts of a path that vary. */
export interface Route {
  readonly pattern: RegExp;
  handle(request: ApiRequest, ...sids: string[]): unknown;
}

const SID = '([A-Z]{2}[0-9a-fA-F]{32})';
const ACCOUNT = '/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})';
const ACCOUNT_PATH = new RegExp(`^${ACCOUNT}(?:/|$)`);

/** The resources of the sandbox. */
export const routes: Route[] = [
  { pattern: /^\/2010-04-01\/Accounts$/, handle: listAccounts },
  { pattern: new RegExp(`^${ACCOUNT}$`), handle: fetchAccount },
  { pattern: new RegExp(`^${ACCOUNT}/Messages$`), handle: listMessages },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}$`), handle: fetchMessage },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}/Media$`), handle: listMedia },
  { pattern: new RegExp(`^${ACCOUNT}/Messages/${SID}/Media/(ME[0-9a-fA-F]{32})$`), handle: fetchMedia },
  { pattern: new RegExp(`^${ACCOUNT}/Usage/Records(/Daily|/Monthly|/AllTime)?$`), handle: listUsage },
];

/** Handles a request to /2010-04-01. Returns a {@link MediaRedirect}, or an object to format by the path's extension. */
export function handleApi(request: ApiRequest): unknown {
  const resource = withoutFormat(request.path);
  if (request.method !== 'GET') throw new TwilioError(405, 20004, 'Method not allowed');
  for (const { pattern, handle } of routes) {
    const match = pattern.exec(resource);
    if (match) return handle(request, ...match.slice(1));
  }
  throw notFound(request.path);
}

/** Returns the account SID in a path. */
export function accountInPath(path: string): string | undefined {
  return ACCOUNT_PATH.exec(withoutFormat(path))?.[1];
}

function listAccounts(request: ApiRequest): unknown {
  const { caller, accounts, switches, now, path, query } = request;
  if (caller.kind === 'standard-key') throw unauthorized();
  requirePermission(caller, `${ACCOUNTS}/list`, switches);
  const isParent = caller.account === accounts.parent;
  const all =
    isParent && (caller.kind !== 'oauth' || switches.accountsUnderOAuth === 'full')
      ? accounts.all(now)
      : [caller.account];
  const filters = presentParams(query, ['FriendlyName', 'Status']);
  const filter = { friendlyName: query.get('FriendlyName') || null, status: query.get('Status') || null };
  const page = readPageRequest(path, query, filters, switches);
  const { items, ...links } = accountPage(all, filter, page);
  return envelope('accounts', page, { ...links, items: items.map((account) => toWire(account, request)) });
}

function fetchAccount(request: ApiRequest, sid: string): unknown {
  if (request.caller.kind === 'standard-key') throw unauthorized();
  return toWire(authorize(request.caller, sid, `${ACCOUNTS}/read`, request.path, request), request);
}

function listMessages(request: ApiRequest, accountSid: string): unknown {
  const { query, path, switches, now, nowMs } = request;
  const account = authorize(request.caller, accountSid, `${MESSAGES}/list`, path, request);
  const filters = presentParams(query, ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>']);
  const page = readPageRequest(path, query, filters, switches);
  const sent = readDateRange('DateSent', query, nowMs, switches);
  const filter = { to: query.get('To') || null, from: query.get('From') || null, sent };
  const messages = messagesOf(request, account);
  const { items, ...links } = keysetPage(messageList(messages, filter, nowMs, switches), page, switches);
  return envelope('messages', page, {
    ...links,
    items: items.map((position) => messages.build(position, now)),
  });
}

function fetchMessage(request: ApiRequest, accountSid: string, sid: string): WireMessage {
  const account = authorize(request.caller, accountSid, `${MESSAGES}/read`, request.path, request);
  return readMessage(request, account, sid).message;
}

function listMedia(request: ApiRequest, accountSid: string, sid: string): unknown {
  const { path, query, switches, nowMs } = request;
  const { media, created } = readMedia(request, accountSid, sid);
  const filters = presentParams(query, ['DateCreated', 'DateCreated<', 'DateCreated>']);
  const page = readPageRequest(path, query, filters, switches);
  const range = readDateRange('DateCreated', query, nowMs, switches);
  const { items, ...links } = keysetPage(mediaList(media, created, range), page, switches);
  return envelope('media_list', page, { ...links, items: items.map((position) => media[position]) });
}

/** Returns the media item, or where its file is when the path has no extension. */
function fetchMedia(
  request: ApiRequest,
  accountSid: string,
  sid: string,
  mediaSid: string,
): WireMedia | MediaRedirect {
  const item = readMedia(request, accountSid, sid).media.find((one) => one.sid === mediaSid);
  if (!item) throw notFound(request.path);
  return withoutFormat(request.path) === request.path
    ? new MediaRedirect(item, request.switches.mediaOrigin)
    : item;
}

function listUsage(request: ApiRequest, accountSid: string, period = '') {
  const { query, path, switches, accounts, now } = request;
  const account = authorize(request.caller, accountSid, USAGE, path, request);
  const filters = presentParams(query, ['Category', 'StartDate', 'EndDate', 'IncludeSubaccounts']);
  const page = readPageRequest(path, query, filters, switches);
  const range = readUsageRange(query, account.dateCreated, now);
  // A parent's totals include those of its subaccounts by default.
  const included = accounts
    .all(now)
    .filter(({ sid, ownerAccountSid }) => sid === accountSid || ownerAccountSid === accountSid)
    .filter(({ sid }) => sid === accountSid || query.get('IncludeSubaccounts') !== 'false')
    .map((one) => messagesOf(request, one));
  const records = usageRecordsOf(account, included, { period, range, category: query.get('Category') }, now);
  return envelope('usage_records', page, usagePage(records, page));
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
  const messages = messagesOf(request, account);
  const position = messages.position(sid, now);
  if (position === undefined || messages.deleted(position, now)) throw notFound(path);
  const created = messages.createdAt(position);
  if (created * 1000 < nowMs - switches.retentionDays * 86_400_000) throw notFound(path);
  if (now - created < switches.justCreated404Seconds) throw notFound(path);
  return { message: messages.build(position, now), created };
}

function messagesOf({ accounts, path }: ApiRequest, { sid }: SandboxAccount) {
  const messages = accounts.messages(sid);
  if (!messages) throw notFound(path);
  return messages;
}

/** Formats an account with the auth_token that this caller may see. */
function toWire(account: SandboxAccount, { caller, switches }: ApiRequest) {
  if (caller.kind === 'token') return wireAccount(account, account.authToken);
  if (caller.kind !== 'oauth' || switches.authTokenUnderOAuth === 'empty') return wireAccount(account, '');
  return wireAccount(account, switches.authTokenUnderOAuth === 'secret' ? account.authToken : undefined);
}

/** Returns the parameters in `names` that have a value, in Twilio's order. */
function presentParams(query: URLSearchParams, names: readonly string[]): [string, string][] {
  return names.flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value ? [[name, value]] : [];
  });
}
