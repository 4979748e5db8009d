import type { LimitShare } from './concurrency-limiter.ts';

/** The row in which a gateway describes its calls under an account to the others. */
export interface GatewayCalls {
  readonly gateway: string;
  /** The most calls that ran or waited at once lately. */
  readonly wanted: number;
  /** How many calls may run there: they are its own until it says less or dies. */
  readonly slots: number;
  /** The limit of the account, as far as it knows. */
  readonly limit: number;
  /** Whether it learns the limit for all. */
  readonly leads: boolean;
}

/** What a gateway without many calls has at least, so that its next ones need not wait for a share. */
const RESERVE = 5;

/**
 * Divides the limit of an account among gateways, by what they want: each gets what it wants up to an equal part, the
 * others share what is left. A gateway takes only slots that no other one has, so that together they stay below the limit
 * while slots move. One gateway with many calls learns the limit: two that try more slots at once would take the other's
 * rejections for their own.
 */
export function shareOf(
  own: GatewayCalls,
  others: readonly GatewayCalls[],
): Omit<LimitShare, 'rejectedElsewhere'> {
  const all = [own, ...others].toSorted((a, b) => (a.gateway < b.gateway ? -1 : 1));
  const former = all.find(({ leads }) => leads);
  const most = Math.max(...all.map(({ wanted }) => wanted));
  // It stays, unless it has few calls: then it learns nothing.
  const leader = former && former.wanted * 2 >= most ? former : all.find(({ wanted }) => wanted === most);
  const leads = leader === own;
  const limit = former?.limit ?? Math.min(...(others.length > 0 ? others : all).map((one) => one.limit));
  const fair = partOf(own, all, limit);
  const free = limit - others.reduce((sum, { slots }) => sum + slots, 0);
  const wanted = all.reduce((sum, one) => sum + one.wanted, 0);
  return {
    limit,
    slots: Math.max(1, Math.min(fair, free)),
    leads,
    tries: leads && wanted >= limit,
  };
}

function partOf(own: GatewayCalls, all: readonly GatewayCalls[], limit: number): number {
  const reserve = Math.max(1, Math.min(RESERVE, Math.floor(limit / all.length / 4)));
  const demands = all
    .map((one) => ({ one, wanted: Math.max(reserve, one.wanted) }))
    .toSorted((a, b) => a.wanted - b.wanted);
  let left = limit;
  let part = 0;
  for (const [index, { one, wanted }] of demands.entries()) {
    const given = Math.min(wanted, Math.floor(left / (demands.length - index)));
    left -= given;
    if (one === own) part = given;
  }
  const extra = left % all.length;
  return part + Math.floor(left / all.length) + Number(all.indexOf(own) < extra);
}
