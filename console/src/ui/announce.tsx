import { useSyncExternalStore } from 'react';

let message = '';
const listeners = new Set<() => void>();

/** Shows a short message for a moment, and has it read out: what was copied, how many rows there are. */
export function announce(text: string): void {
  message = text;
  for (const listener of listeners) listener();
  clearTimeout(timer);
  timer = setTimeout(() => {
    message = '';
    for (const listener of listeners) listener();
  }, 4_000);
}
let timer: ReturnType<typeof setTimeout> | undefined;

/** Once a page. */
export function Announcements() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => message,
  );
  return (
    <div className="announcement" role="status">
      {text}
    </div>
  );
}
