import { useState } from 'react';

/** The end of ranges that end now. */
export interface Instant {
  readonly now: number;
  /** Whether somebody asked for what is there now: what was read before will not do, and a failure is shown. */
  readonly isRefresh: boolean;
}

/** An instant that stays, so that Back has what was read still. `move` is for another filter, `refresh` for the same one. */
export function useInstant() {
  const [instant, setInstant] = useState((): Instant => ({ now: Date.now(), isRefresh: false }));
  return {
    instant,
    move: () => setInstant({ now: Date.now(), isRefresh: false }),
    refresh: () => setInstant({ now: Date.now(), isRefresh: true }),
  };
}

/** Relay's options to read what is there at an instant. @param attempt counts the retries */
export function fetchOptionsAt({ now, isRefresh }: Instant, attempt: number) {
  return {
    fetchPolicy: isRefresh ? ('network-only' as const) : ('store-and-network' as const),
    fetchKey: `${attempt} ${now}`,
  };
}
