interface Flow<T> {
  readonly urgent: T[];
  readonly items: T[];
  /** When `items` last stopped being empty, by `performance.now()`. */
  since: number;
}

/**
 * A queue that several flows share, so that a long flow only delays itself: round robin over flows, one item a
 * turn. A flow that was empty joins at the end of the round, so that it waits for one item of each other flow at
 * most.
 *
 * ```
 *   push('a', …) ──> a: ▢▢▢▢▢▢▢▢ ─┐
 *   push('b', …) ──> b: ▢         ─┼─> shift(): a b c a c a a a …
 *   push('c', …) ──> c: ▢▢        ─┘
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc970 Nagle, "On Packet Switches With Infinite Storage"
 */
export function createFairQueue<T>() {
  /** Flows with items, in the order of their turns. */
  const flows = new Map<string, Flow<T>>();
  let size = 0;
  let pending = 0;

  function flowOf(name: string): Flow<T> {
    const known = flows.get(name);
    if (known) return known;
    const flow = { urgent: [], items: [], since: 0 };
    flows.set(name, flow);
    return flow;
  }

  const isEmpty = ({ urgent, items }: Flow<T>) => urgent.length + items.length === 0;

  return {
    /** @param isUrgent goes before the flow's items that are not */
    push(name: string, item: T, isUrgent = false): void {
      const flow = flowOf(name);
      size += 1;
      if (isUrgent) {
        flow.urgent.push(item);
        return;
      }
      pending += 1;
      if (flow.items.length === 0) flow.since = performance.now();
      flow.items.push(item);
    },
    /** Takes the next item of the flow whose turn it is. */
    shift(): { readonly item: T; readonly isUrgent: boolean } | undefined {
      const [next] = flows;
      if (!next) return undefined;
      const [name, flow] = next;
      const isUrgent = flow.urgent.length > 0;
      const item = (isUrgent ? flow.urgent : flow.items).shift() as T;
      size -= 1;
      if (!isUrgent) pending -= 1;
      flows.delete(name);
      if (!isEmpty(flow)) flows.set(name, flow);
      return { item, isUrgent };
    },
    /** Removes an item that is not urgent. */
    remove(name: string, item: T): void {
      const flow = flows.get(name);
      const index = flow?.items.indexOf(item) ?? -1;
      if (!flow || index < 0) return;
      size -= 1;
      pending -= 1;
      flow.items.splice(index, 1);
      if (isEmpty(flow)) flows.delete(name);
    },
    /**
     * How many turns come before that of one more item.
     *
     * @param perItem turns of an item that is not urgent; an urgent one takes one
     */
    turnsAhead(name: string, perItem: number): number {
      const turnsOf = ({ urgent, items }: Flow<T>) => urgent.length + perItem * items.length;
      const known = flows.get(name);
      const own = known ? turnsOf(known) : 0;
      let ahead = own;
      for (const flow of flows.values()) {
        if (flow !== known) ahead += Math.min(turnsOf(flow), own + 1);
      }
      return ahead;
    },
    /** The flow's oldest item that is not urgent. */
    first: (name: string): T | undefined => flows.get(name)?.items[0],
    /** How long the flow has always had a waiting item that is not urgent, in milliseconds; 0 if none waits. */
    standingMs(name: string): number {
      const flow = flows.get(name);
      return flow && flow.items.length > 0 ? performance.now() - flow.since : 0;
    },
    get size() {
      return size;
    },
    /** The number of items that are not urgent. */
    get pending() {
      return pending;
    },
  };
}
