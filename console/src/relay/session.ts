import { useSyncExternalStore } from 'react';

/**
 * Whether the session of this page stands. It ends when a response says so; requests made meanwhile wait until
 * someone has signed in again, and are then sent once more, so that the screen goes on where it was.
 */
type State = 'signed-in' | 'ended';

let state: State = 'signed-in';
/** Counts the sessions of this page. */
let session = 0;
let resumed = Promise.withResolvers<void>();
const listeners = new Set<() => void>();

function change(next: State): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

/** The session in which a request is sent. */
export const currentSession = (): number => session;

/**
 * Called when a response says that nobody is signed in.
 *
 * @param sentIn the session in which it was requested: if someone has signed in since, it says nothing of the new one
 * @returns when someone has signed in
 */
export async function sessionEnded(sentIn: number): Promise<void> {
  if (sentIn !== session) return;
  if (state === 'signed-in') resumed = Promise.withResolvers();
  change('ended');
  return resumed.promise;
}

/** Called after signing in. */
export function sessionResumed(): void {
  session += 1;
  change('signed-in');
  resumed.resolve();
}

export function useSessionState(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
