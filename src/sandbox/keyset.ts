import { badParameter } from './errors.ts';
import { badToken, type Page, type PageRequest } from './paging.ts';
import type { SandboxSwitches } from './switches.ts';

/** A list that knows its order, for paging by `PA<sid>` (what follows) and `PB<sid>` (what precedes). */
export interface KeysetList<P> {
  /** Where a SID stands, or stood before it was deleted. */
  place(sid: string): P | undefined;
  sidAt(place: P): string;
  /** Matches after a place in list order; all of them without one. */
  after(place: P | undefined): Iterable<P>;
  /** Matches before a place, nearest first. */
  before(place: P): Iterable<P>;
}

const TOKEN = /^(PA|PB)([A-Z]{2}[0-9a-f]{32})$/;

/**
 * One page of a keyset list. Tokens name a row and not an offset, so that rows which arrive meanwhile
 * shift nothing.
 */
export function keysetPage<P>(list: KeysetList<P>, request: PageRequest, switches: SandboxSwitches): Page<P> {
  if (request.page > 0 && request.token === null) throw badParameter('PageToken is required for paging.');
  const { back, place } = readToken(list, request.token);
  if (switches.emptyPageWithNext && request.page % 2 === 1) return emptyPage(list, request, back, place);
  const size = switches.maxItemsPerPage > 0 ? Math.min(switches.maxItemsPerPage, request.size) : request.size;
  const found = take(back && place !== undefined ? list.before(place) : list.after(place), size + 1);
  const more = found.length > size;
  const items = found.slice(0, size);
  if (back) items.reverse();
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return { items };
  // What follows a page reached backwards was there a moment ago, but may be deleted by now: look.
  const follows = back ? take(list.after(last), 1).length > 0 : more;
  return {
    items,
    next: follows ? `PA${list.sidAt(last)}` : undefined,
    previous: `PB${list.sidAt(first)}`,
  };
}

/** No items, although the neighbours hold some: both tokens lead past the page as if it were not there. */
function emptyPage<P>(
  list: KeysetList<P>,
  request: PageRequest,
  back: boolean,
  place: P | undefined,
): Page<P> {
  if (!back) {
    const next = take(list.after(place), 1)[0];
    if (next === undefined) return { items: [] };
    return { items: [], next: request.token ?? undefined, previous: `PB${list.sidAt(next)}` };
  }
  const neighbour = place === undefined ? undefined : take(list.before(place), 1)[0];
  if (neighbour === undefined) return { items: [], previous: request.token };
  return { items: [], next: `PA${list.sidAt(neighbour)}`, previous: request.token };
}

function readToken<P>(list: KeysetList<P>, token: string | null): { back: boolean; place: P | undefined } {
  if (token === null) return { back: false, place: undefined };
  const match = TOKEN.exec(token);
  const place = match?.[2] === undefined ? undefined : list.place(match[2]);
  if (place === undefined) throw badToken();
  return { back: match?.[1] === 'PB', place };
}

function take<P>(places: Iterable<P>, count: number): P[] {
  const taken: P[] = [];
  for (const place of places) {
    taken.push(place);
    if (taken.length >= count) break;
  }
  return taken;
}
