/** The most requests that may be in flight now, reached by one more. */
export interface Overload {
  readonly limit: number;
  readonly actual: number;
}

/** A request that holds a place. */
export interface Place {
  /** Gives the place up for a key with fewer requests. @returns false if its work has begun */
  evict(): boolean;
}

/** A key may hold at most this multiple of the free places. */
const SHARE_OF_FREE = 9;

/**
 * Limits the requests in flight, together and for each key (a principal, or an address): a shared pool with dynamic
 * thresholds. A key may hold up to nine times as many places as are free. One key alone gets nine tenths of them, ten heavy keys 99 of 1,000 each, and a newcomer finds some free. Where none
 * is free, the key with the most loses its newest request that has not begun its work.
 *
 * ```
 *   1,000 places   one heavy key      900 ████████████████████░░ 100 free: a newcomer may take all of them
 *                  three heavy keys   321 ███████▓▓▓▓▓▓▓▒▒▒▒▒▒▒░  36 free
 * ```
 *
 * @see https://doi.org/10.1109/90.664262 Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches"
 */
export function createConcurrencyLimit(max: number) {
  const held = new Map<string, Set<Place>>();
  let total = 0;

  /** Requests in flight of this key. */
  const count = (key: string) => held.get(key)?.size ?? 0;

  function release(key: string, place: Place): void {
    const places = held.get(key);
    if (!places?.delete(place)) return;
    total -= 1;
    if (places.size === 0) held.delete(key);
  }

  /**
   * Makes room at the expense of the key with the most places, unless the newcomer's would then have more.
   */
  function evictFor(newcomer: string): boolean {
    let heaviest = '';
    let most = count(newcomer) + 1;
    for (const [key, { size }] of held) {
      if (size <= most) continue;
      heaviest = key;
      most = size;
    }
    for (const place of [...(held.get(heaviest) ?? [])].reverse()) {
      if (!place.evict()) continue;
      release(heaviest, place);
      return true;
    }
    return false;
  }

  return {
    /** Takes a place until `release`. @returns the limit that it would exceed */
    take(key: string, place: Place): Overload | undefined {
      const own = count(key);
      const free = max - total;
      if (free > 0 && own >= SHARE_OF_FREE * free) return { limit: own, actual: own + 1 };
      if (free <= 0 && !evictFor(key)) return { limit: max, actual: max + 1 };
      const places = held.get(key);
      if (places) places.add(place);
      else held.set(key, new Set([place]));
      total += 1;
      return undefined;
    },
    release,
    count,
    /** Requests in flight of all keys. */
    get total() {
      return total;
    },
    /** Keys with requests in flight. */
    get keys() {
      return held.size;
    },
  };
}
