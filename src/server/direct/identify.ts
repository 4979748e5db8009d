import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import { isLoopback } from '../../config.ts';
import type { Incoming } from './incoming.ts';

/** Who asks, or why nobody may who asks so. */
export type Identified = { readonly identity: Identity } | { readonly refusal: unknown };

/** @returns undefined for a Host that may not be asked by, which yoga's plugin refuses */
export async function identify(callers: Callers, incoming: Incoming): Promise<Identified | undefined> {
  try {
    const host = URL.parse(`http://${incoming.header('host') ?? 'localhost'}`)?.hostname ?? '';
    if (!isLoopback(host) && (await callers.isOpen())) return undefined;
    return { identity: await callers.identify(incoming.header('authorization'), incoming.origin) };
  } catch (refusal) {
    return { refusal };
  }
}
