import DataLoader from 'dataloader';
import { rejectCycles } from '../history/cycle.ts';
import { MAX_PAGES } from '../history/list-source.ts';
import type { TwilioClient } from '../twilio/client.ts';
import type { ReadScope } from '../twilio/http.ts';
import type { TwilioPage } from '../twilio/page.ts';
import type { WireMedia, WireMessage } from '../twilio/wire.ts';
import { type Attempt, asError, explainRefusal, isNotFound } from './explain-refusal.ts';
import { PERMISSIONS } from './permissions.ts';

export interface MessageKey {
  readonly accountSid: string;
  readonly sid: string;
}

/** Messages by account and SID; null for one that does not exist (any more). */
export type MessageLoader = DataLoader<MessageKey, WireMessage | null, string>;
/** All media of a message, in Twilio's order. */
export type MediaLoader = DataLoader<MessageKey, readonly WireMedia[], string>;

const cacheKeyFn = ({ accountSid, sid }: MessageKey) => `${accountSid}/${sid}`;

/** Ten at most by Twilio's rules; the page has room for more. */
const MEDIA_PAGE_SIZE = 50;

/**
 * Twilio has no batch read of messages: distinct SIDs go out side by side, duplicates once, and what a page
 * of the same request brought not at all. Pages are searched when a SID is asked for, which is seldom, not
 * taken apart when they come, which is always.
 */
export function createMessageLoader(
  client: TwilioClient,
  scope: ReadScope,
  attempt: Attempt,
  seen: readonly TwilioPage<WireMessage>[],
): MessageLoader {
  const fetchOne = async ({ accountSid, sid }: MessageKey): Promise<WireMessage | null | Error> => {
    for (const { items } of seen) {
      const item = items.find((one) => one.sid === sid && one.account_sid === accountSid);
      if (item) return item;
    }
    try {
      return await client.message(accountSid, sid, scope);
    } catch (error) {
      const read = { ...attempt(accountSid), permission: PERMISSIONS.MESSAGES_READ };
      if (isNotFound(error) && accountSid === read.credential.accountSid) return null;
      return asError(explainRefusal(error, read));
    }
  };
  return new DataLoader((keys) => Promise.all(keys.map(fetchOne)), { cacheKeyFn });
}

export function createMediaLoader(client: TwilioClient, scope: ReadScope, attempt: Attempt): MediaLoader {
  const fetchAll = async ({ accountSid, sid }: MessageKey): Promise<readonly WireMedia[] | Error> => {
    try {
      const first = { name: null, pageSize: MEDIA_PAGE_SIZE, filters: [] };
      const rejectCycle = rejectCycles<WireMedia>((item) => item.sid);
      let page = await client.media(accountSid, sid, first, scope);
      rejectCycle(page);
      const media = [...page.items];
      for (let pages = 1; page.next && pages < MAX_PAGES; pages += 1) {
        page = await client.media(accountSid, sid, { ...first, name: page.next }, scope);
        rejectCycle(page);
        media.push(...page.items);
      }
      return media;
    } catch (error) {
      if (isNotFound(error)) return [];
      return asError(
        explainRefusal(error, { ...attempt(accountSid), permission: PERMISSIONS.MESSAGES_READ }),
      );
    }
  };
  return new DataLoader((keys) => Promise.all(keys.map(fetchAll)), { cacheKeyFn });
}
