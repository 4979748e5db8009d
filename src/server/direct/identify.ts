import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import { rejectUnlessLocal } from '../local-only.ts';
import type { Incoming } from './incoming.ts';

/** Who asks, or why nobody may who asks so. */
export type Identified = { readonly identity: Identity } | { readonly refusal: unknown };

/** @returns undefined for a request that yoga's plugin rejects, because it does not come from this machine */
export async function identify(callers: Callers, incoming: Incoming): Promise<Identified | undefined> {
  try {
    const host = incoming.header('host') ?? 'localhost';
    if (await rejectUnlessLocal(callers, { host, headerNames: incoming.headerNames() })) return undefined;
    return { identity: await callers.identify(incoming.header('authorization'), incoming.origin) };
  } catch (refusal) {
    return { refusal };
  }
}
