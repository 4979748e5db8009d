/** A queue that several flows share: each flow in turn gives one item, so that a long flow only delays itself. */
export interface FairQueue<T> {
  push(flow: string, item: T): void;
  /** Takes the next item: the first one of the flow whose turn it is. */
  shift(): T | undefined;
  /** Takes out an item that nobody waits for any longer. */
  remove(flow: string, item: T): void;
  /** How many items would be taken before one that is pushed now. */
  ahead(flow: string): number;
  /** The flow's oldest item. */
  first(flow: string): T | undefined;
  /** For how long the flow has had an item waiting at every moment, in milliseconds; 0 where none waits. */
  standingMs(flow: string): number;
  readonly size: number;
}

interface Flow<T> {
  readonly items: T[];
  /** When it last stopped being empty, by `performance.now()`. */
  readonly since: number;
}

/**
 * Round robin over flows, one item a turn. A flow that was empty joins at the end of the round, so that it waits for one item of each other flow
 * at most.
 *
 * ```
 *   push('a', …) ──> a: ▢▢▢▢▢▢▢▢ ─┐
 *   push('b', …) ──> b: ▢         ─┼─> shift(): a b c a c a a a …
 *   push('c', …) ──> c: ▢▢        ─┘
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc970 Nagle, "On Packet Switches With Infinite Storage"
 */
export function createFairQueue<T>(): FairQueue<T> {
  /** Those with items, in the order of their turns. */
  const flows = new Map<string, Flow<T>>();
  let size = 0;

  return {
    push(flow, item) {
      size += 1;
      const known = flows.get(flow);
      if (known) known.items.push(item);
      else flows.set(flow, { items: [item], since: performance.now() });
    },
    shift() {
      const [next] = flows;
      if (!next) return undefined;
      const [name, flow] = next;
      size -= 1;
      flows.delete(name);
      const item = flow.items.shift();
      if (flow.items.length > 0) flows.set(name, flow);
      return item;
    },
    remove(name, item) {
      const items = flows.get(name)?.items ?? [];
      const index = items.indexOf(item);
      if (index < 0) return;
      size -= 1;
      items.splice(index, 1);
      if (items.length === 0) flows.delete(name);
    },
    ahead(name) {
      const own = flows.get(name)?.items.length ?? 0;
      let ahead = own;
      for (const [other, { items }] of flows) {
        if (other !== name) ahead += Math.min(items.length, own + 1);
      }
      return ahead;
    },
    first: (name) => flows.get(name)?.items[0],
    standingMs(name) {
      const flow = flows.get(name);
      return flow ? performance.now() - flow.since : 0;
    },
    get size() {
      return size;
    },
  };
}
