import { TwilioResponseError } from '../twilio/errors.ts';
import type { PageTrail, TwilioPage } from '../twilio/page.ts';
import type { ListSource } from './list-source.ts';

/** Number of a SID's 32 digits in a mark; collisions are improbable. */
const MARK_DIGITS = 12;

/**
 * Creates a check that throws when a page begins with the same item as an earlier one: pages that form a cycle
 * would return the same items endlessly.
 */
export function rejectCycles<T>(sidOf: (item: T) => string): (page: TwilioPage<T>) => void {
  const firstSids = new Set<string>();
  return ({ items: [first] }) => {
    if (first === undefined) return;
    const sid = sidOf(first);
    if (firstSids.has(sid)) throw cycleError();
    firstSids.add(sid);
  };
}

/**
 * Detects cycles across requests, by Brent's algorithm. A cursor cannot hold all earlier pages, so it holds one: the
 * last whose number is a power of two. A cycle of any length returns to such a page, at the latest in its second round.
 */
export function follow<T>(
  source: ListSource<T>,
  trail: PageTrail | undefined,
  page: TwilioPage<T>,
): PageTrail | undefined {
  const [first] = page.items;
  if (first === undefined) return trail;
  const mark = source.sidOf(first).slice(-MARK_DIGITS);
  if (trail?.mark === mark) throw cycleError();
  const pages = (trail?.pages ?? 0) + 1;
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  return { pages, mark: trail && !isPowerOfTwo ? trail.mark : mark };
}

const cycleError = () => new TwilioResponseError('its pages form a cycle');
