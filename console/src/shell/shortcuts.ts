import { useEffect, useRef } from 'react';
import { getPreferences } from './preferences.ts';

/** A key, or two after one another (`g m`), as `KeyboardEvent.key` names them. */
export interface Shortcut {
  readonly keys: string;
  /** For the help, e.g. `Next message`. */
  readonly name: string;
  /** @returns false to leave the key to the browser */
  readonly run: (event: KeyboardEvent) => unknown;
}

/** How long the second key of two may take. */
const SEQUENCE_MS = 1_200;
const groups = new Map<symbol, { readonly title: string; readonly shortcuts: readonly Shortcut[] }>();
let prefix: { readonly key: string; readonly at: number } | null = null;

/** All shortcuts of the present screen, for the help. */
export function shortcutGroups(): readonly {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}[] {
  return [...groups.values()];
}

/** Listens to shortcuts while the component is there. Those that were added last come first. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const present = useRef(shortcuts);
  present.current = shortcuts;
  useEffect(() => {
    const name = Symbol(title);
    groups.set(name, {
      title,
      get shortcuts() {
        return present.current;
      },
    });
    return () => void groups.delete(name);
  }, [title]);
}

/** Once a page. @returns a function that stops listening */
export function listenToShortcuts(): () => void {
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

function onKeyDown(event: KeyboardEvent): void {
  const { key } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const isCharacter = [...key].length === 1;
  if (isCharacter && getPreferences().shortcuts === 'off') return;
  const isSecond = prefix !== null && event.timeStamp - prefix.at < SEQUENCE_MS;
  const keys = isSecond ? `${prefix?.key} ${key}` : key;
  prefix = null;
  const all = [...groups.values()].reverse().flatMap(({ shortcuts }) => shortcuts);
  const found = all.find((shortcut) => shortcut.keys === keys);
  if (found) {
    // Enter on a button or a link is a click on it.
    if (!isCharacter && key === 'Enter' && isControl(event.target)) return;
    if (found.run(event) !== false) event.preventDefault();
  } else if (all.some((shortcut) => shortcut.keys.startsWith(`${key} `))) {
    prefix = { key, at: event.timeStamp };
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  ) {
    return true;
  }
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, summary, [role="slider"]') !== null;
