import { GatewayError } from '../errors/gateway-error.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import { MAX_PAGE_SIZE, type TwilioPage } from '../twilio/page.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { AccountRead } from './message-source.ts';

/**
 * The result of reading what is newer than the copy: `current` if the copy has it now, `old` if Twilio could not be reached,
 * `behind` if there is too much.
 */
export type Refreshed = 'current' | 'old' | 'behind';

/** How long all callers share one refresh of an account, in milliseconds. */
const SHARED_MS = 2_000;
/** Sizes of the pages that one refresh reads: few messages arrive in the time between. */
const PAGE_SIZES = [50, MAX_PAGE_SIZE, MAX_PAGE_SIZE];
/** Outcomes of errors for which an older copy is better than none. */
const UNREACHABLE: ReadonlySet<string> = new Set(['TWILIO_UNAVAILABLE', 'TWILIO_RATE_LIMITED']);

/** Creates a function that reads the messages which arrived since an account was last read, and saves them. */
export function createRefresh(history: HistoryStore, now: () => number) {
  const shared = new Map<string, { readonly result: Promise<Refreshed>; readonly until: number }>();

  return async (account: AccountRead): Promise<Refreshed> => {
    const others = shared.get(account.accountSid);
    if (others && others.until > performance.now()) {
      // The refresh of another request fails if that request is aborted, which must not fail this one.
      const known = await others.result.catch(() => undefined);
      if (known) return known;
    }
    const result = refresh(account);
    shared.set(account.accountSid, { result, until: performance.now() + SHARED_MS });
    result.catch(() => shared.delete(account.accountSid));
    return result;
  };

  async function refresh({ accountSid, via }: AccountRead): Promise<Refreshed> {
    const { asOf } = await history.status(accountSid);
    const list = via.openMessages(accountSid, {});
    const readAt = new Date(now());
    const messages: WireMessage[] = [];
    let isReached = false;
    let page: TwilioPage<WireMessage> | undefined;
    try {
      for (const size of PAGE_SIZES) {
        page = await list.source.fetchPage(page?.next ?? null, size);
        messages.push(...page.items);
        // The list is in the order of time: what follows is older, and was read before.
        isReached = !page.next || page.items.some((item) => asOf !== null && timeOf(item) <= asOf.getTime());
        if (isReached) break;
      }
    } catch (error) {
      const explained = list.explain(error);
      if (explained instanceof GatewayError && UNREACHABLE.has(explained.code)) return 'old';
      throw explained;
    }
    await history.savePage({
      accountSid,
      messages,
      readAt,
      observedBy: 'READ',
      ...(isReached && { currentAt: readAt }),
    });
    return isReached ? 'current' : 'behind';
  }
}

function timeOf({ date_sent, date_created }: WireMessage): number {
  return (parseTwilioDate(date_sent) ?? parseTwilioDate(date_created))?.getTime() ?? Number.POSITIVE_INFINITY;
}
