import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { navigate } from 'wouter/use-browser-location';
import {
  changeFragment,
  type Fragment,
  type FragmentChange,
  parseFragment,
  printFragment,
} from './fragment.ts';

// wouter dispatches the last two for its own navigation.
const EVENTS = ['popstate', 'hashchange', 'pushState', 'replaceState'];

function subscribe(onChange: () => void): () => void {
  for (const event of EVENTS) addEventListener(event, onChange);
  return () => {
    for (const event of EVENTS) removeEventListener(event, onChange);
  };
}

/** A new entry of the history by default, so that Back undoes the change. */
export interface ChangeOptions {
  readonly replace?: boolean;
}

/** The fragment of the URL, and a function that changes keys of it. */
export function useFragmentState(): readonly [
  Fragment,
  (change: FragmentChange, options?: ChangeOptions) => void,
] {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const fragment = useMemo(() => parseFragment(hash), [hash]);
  const change = useCallback((changes: FragmentChange, options: ChangeOptions = {}) => {
    // Of the present URL: two changes may come before the next render.
    const next = printFragment(changeFragment(parseFragment(location.hash), changes));
    if (next === printFragment(parseFragment(location.hash))) return;
    navigate(hrefOf(location.pathname, next), options);
  }, []);
  return [fragment, change];
}

/** A path with a fragment. */
export function hrefOf(path: string, fragment: string | Fragment = ''): string {
  const text = typeof fragment === 'string' ? fragment : printFragment(fragment);
  return text ? `${path}#${text}` : path;
}

/** Keys that every screen shares: links within the console carry them on. */
const CARRIED = ['zone'];

/** The address of another screen, with what all screens share. */
export function linkTo(path: string, own: FragmentChange = {}): string {
  const present = parseFragment(location.hash);
  const carried = Object.fromEntries(CARRIED.map((key) => [key, present[key] ?? []]));
  return hrefOf(path, changeFragment(changeFragment({}, carried), own));
}

export const messagePath = (accountSid: string, sid: string): string =>
  `/messages/${encodeURIComponent(accountSid)}/${encodeURIComponent(sid)}`;
export const threadPath = (id: string): string => `/threads/${encodeURIComponent(id)}`;
