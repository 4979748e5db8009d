import type { PageTrail, TwilioPage } from '../twilio/page.ts';
import { TwilioResponseError } from '../twilio-error.ts';
import type { ListSource } from './list-source.ts';

/** Of a SID's 32 digits; enough that no two are taken for the same. */
const MARK_DIGITS = 12;

/**
 * Rejects a page that begins with the item an earlier page began with: pages that lead back to one another would
 * give the same items again and again, until the caller has as many as it asked for.
 */
export function rejectCycles<T>(sidOf: (item: T) => string): (page: TwilioPage<T>) => void {
  const begun = new Set<string>();
  return ({ items: [first] }) => {
    if (first === undefined) return;
    const sid = sidOf(first);
    if (begun.has(sid)) throw cycle();
    begun.add(sid);
  };
}

/**
 * Does the same for pages that are read by one request each. A cursor cannot name all pages before it, so it
 * names one: the last whose number is a power of two. A cycle of any length comes back to such a page, at the
 * latest when it has been gone round twice (Brent's algorithm).
 */
export function follow<T>(
  source: ListSource<T>,
  trail: PageTrail | undefined,
  page: TwilioPage<T>,
): PageTrail | undefined {
  const [first] = page.items;
  if (first === undefined) return trail;
  const mark = source.sidOf(first).slice(-MARK_DIGITS);
  if (trail?.mark === mark) throw cycle();
  const pages = (trail?.pages ?? 0) + 1;
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  return { pages, mark: trail && !isPowerOfTwo ? trail.mark : mark };
}

const cycle = () => new TwilioResponseError('its pages lead back to where they began');
