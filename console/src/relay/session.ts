import { useSyncExternalStore } from 'react';

/**
 * Whether the session of this page stands. It ends when a response says so; requests made meanwhile wait until
 * someone has signed in again, and are then sent once more, so that the screen goes on where it was.
 */
type State = 'signed-in' | 'ended';

let state: State = 'signed-in';
let resumed = Promise.withResolvers<void>();
const listeners = new Set<() => void>();

function change(next: State): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

/** Called when a response says that nobody is signed in. @returns when someone has signed in */
export function sessionEnded(): Promise<void> {
  if (state === 'signed-in') resumed = Promise.withResolvers();
  change('ended');
  return resumed.promise;
}

/** Called after signing in. */
export function sessionResumed(): void {
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
