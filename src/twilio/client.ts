import { TwilioError, TwilioResponseError, TwilioResponseTooLargeError } from '../twilio-error.ts';
import type { GetOptions, ReadScope, TwilioHttp } from './http.ts';
import { leads, type PageName, parsePage, type TwilioPage } from './page.ts';
import { ACCOUNT_SID, MESSAGE_SID, parseAccount, parseMedia, parseMessage } from './parse.ts';
import { type CacheLifetimes, isSettled } from './read-cache.ts';
import type { WireAccount, WireMedia, WireMessage } from './wire.ts';

/** One page of a list, as it is asked for. */
export interface PageRequest {
  /** Null for the first page. */
  readonly name: PageName | null;
  /** 1 to 1,000. */
  readonly pageSize: number;
  /** Twilio's own filter parameters, in Twilio's own names, e.g. `['DateSent>', '2026-01-01T00:00:00Z']`. */
  readonly filters: readonly (readonly [name: string, value: string])[];
}

/** The five reads, under one credential. Errors are those of {@link TwilioHttp.get}. */
export interface TwilioClient {
  messages(accountSid: string, page: PageRequest, scope: ReadScope): Promise<TwilioPage<WireMessage>>;
  message(accountSid: string, sid: string, scope: ReadScope): Promise<WireMessage>;
  media(
    accountSid: string,
    messageSid: string,
    page: PageRequest,
    scope: ReadScope,
  ): Promise<TwilioPage<WireMedia>>;
  accounts(page: PageRequest, scope: ReadScope): Promise<TwilioPage<WireAccount>>;
  account(sid: string, scope: ReadScope): Promise<WireAccount>;
}

/** Twilio's own bound; more is refused with 20007. */
export const MAX_PAGE_SIZE = 1000;

/** Below this a failing page is not failing for its size. */
export const SMALL_PAGE = 50;

/** So long no larger page is tried than the one Twilio could make. */
const REMEMBER_SIZE_MS = 60_000;

/**
 * Reads Twilio's accounts and messages.
 *
 * @param lifetimes for how long answers may be given again, where `http` does that. @default not at all
 */
export function createTwilioClient(
  http: TwilioHttp,
  ownAccountSid: string,
  lifetimes: CacheLifetimes = { messageMs: 0, accountMs: 0, pageMs: 0 },
): TwilioClient {
  let workable = { size: MAX_PAGE_SIZE, until: Number.POSITIVE_INFINITY };
  const list = async <T>(
    path: string,
    request: PageRequest,
    scope: ReadScope,
    { fixedSize = false, ...options }: GetOptions & { fixedSize?: boolean },
    key: string,
    parseItem: (item: unknown) => T,
  ): Promise<TwilioPage<T>> => {
    // Twilio answers some large pages with 500/20500 where smaller ones work; others are too large to be taken.
    if (Date.now() > workable.until) workable = { size: MAX_PAGE_SIZE, until: Number.POSITIVE_INFINITY };
    const isBound = fixedSize && request.name !== null;
    const first = isBound ? request.pageSize : Math.min(request.pageSize, workable.size);
    for (let pageSize = first; ; pageSize = Math.floor(pageSize / 2)) {
      const large = pageSize > SMALL_PAGE && !isBound;
      try {
        const url = `${path}?${queryOf(request, pageSize)}`;
        const { json } = await http.get(url, scope, { ...options, large });
        const page = { ...parsePage(json, key, parseItem), name: request.name, pageSize };
        if (page.next && !leads(request.name, page.next, 1)) {
          throw new TwilioResponseError('its pages lead back to where they began');
        }
        // There is another way back than by the previous page.
        return page.previous && !leads(request.name, page.previous, -1) ? { ...page, previous: null } : page;
      } catch (error) {
        if (!large || !isForItsSize(error)) throw error;
        workable = { size: Math.floor(pageSize / 2), until: Date.now() + REMEMBER_SIZE_MS };
      }
    }
  };
  const accountPath = (sid: string) => `/2010-04-01/Accounts/${checkSid(ACCOUNT_SID, sid)}`;
  const foreign = (sid: string) => ({ foreign: sid !== ownAccountSid });

  const messagePath = (accountSid: string, sid: string) =>
    `${accountPath(accountSid)}/Messages/${checkSid(MESSAGE_SID, sid)}`;
  const { messageMs, accountMs, pageMs } = lifetimes;
  const pageLifetime = (json: unknown) => (isSettledPage(json) ? pageMs : 0);
  const messageLifetime = (sid: string) => (json: unknown) =>
    isOf(sid, json) && isSettled(json) ? messageMs : 0;

  return {
    messages: (accountSid, page, scope) =>
      list(
        `${accountPath(accountSid)}/Messages.json`,
        page,
        scope,
        { ...foreign(accountSid), lifetime: pageLifetime },
        'messages',
        parseMessage,
      ),
    async message(accountSid, sid, scope) {
      const options = { ...foreign(accountSid), lifetime: messageLifetime(sid) };
      const { json } = await http.get(`${messagePath(accountSid, sid)}.json`, scope, options);
      return theOne(sid, parseMessage(json));
    },
    media(accountSid, messageSid, page, scope) {
      const message = messagePath(accountSid, messageSid);
      // Media come with the message: of a settled one they are all there.
      const lifetime: GetOptions['lifetime'] = (_, isKept) => (isKept(`${message}.json`) ? messageMs : 0);
      const options = { ...foreign(accountSid), lifetime };
      return list(`${message}/Media.json`, page, scope, options, 'media_list', parseMedia);
    },
    // An account's page token seems to count pages: it goes with the size it was made for. A list of accounts
    // is not given again: single reads bring as much.
    accounts: (page, scope) =>
      list(
        '/2010-04-01/Accounts.json',
        page,
        scope,
        { fixedSize: true, redact: withoutTokens },
        'accounts',
        parseAccount,
      ),
    async account(sid, scope) {
      // The payload holds the account's auth token, which is kept nowhere.
      const lifetime = (json: unknown) => (isOf(sid, json) ? accountMs : 0);
      const options = { ...foreign(sid), lifetime, redact: parseAccount };
      return theOne(sid, parseAccount((await http.get(`${accountPath(sid)}.json`, scope, options)).json));
    },
  };
}

function isForItsSize(error: unknown): boolean {
  return (
    error instanceof TwilioResponseTooLargeError || (error instanceof TwilioError && error.status === 500)
  );
}

/** SIDs become part of the path, and some of them come out of Twilio's answers. */
function checkSid(form: RegExp, sid: string): string {
  if (!form.test(sid)) throw new TwilioResponseError('a SID is malformed');
  return sid;
}

/** Whether an answer is that of this SID; its letters may be small or large, and a message may be SM… or MM…. */
function isOf(sid: string, json: unknown): boolean {
  const { sid: answered } = (json ?? {}) as { sid?: unknown };
  return typeof answered === 'string' && answered.slice(2).toLowerCase() === sid.slice(2).toLowerCase();
}

/** What is not what was asked for is neither answered nor kept. */
function theOne<T extends { readonly sid: string }>(sid: string, found: T): T {
  if (!isOf(sid, found)) throw new TwilioResponseError('it is of another SID than was asked for');
  return found;
}

/** A list of accounts, too, is kept without their auth tokens only. */
function withoutTokens(json: unknown): unknown {
  const { accounts } = json as { accounts?: unknown };
  return Array.isArray(accounts) ? { ...(json as object), accounts: accounts.map(parseAccount) } : json;
}

function isSettledPage(json: unknown): boolean {
  const messages = (json as { messages?: unknown } | null)?.messages;
  return Array.isArray(messages) && messages.every(isSettled);
}

/** Filters first, then the page, as in Twilio's own page URIs. */
function queryOf({ filters, name }: PageRequest, pageSize: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of filters) query.append(key, value);
  query.append('PageSize', String(pageSize));
  if (name) {
    query.append('Page', name.page);
    if (name.pageToken) query.append('PageToken', name.pageToken);
  }
  return query.toString();
}
