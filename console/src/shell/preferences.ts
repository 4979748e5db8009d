import { useSyncExternalStore } from 'react';

/** What a person chose for this browser. Never message data: it would outlive the session. */
interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** Whether single letters are shortcuts. Speech input and some screen readers send letters, too. */
  readonly shortcuts: 'on' | 'off';
  /** Whether the explanation of the sandbox has been read. */
  readonly welcome: 'shown' | 'dismissed';
}

const DEFAULTS: Preferences = { theme: 'system', shortcuts: 'on', welcome: 'shown' };
const VALUES: { readonly [Key in keyof Preferences]: readonly Preferences[Key][] } = {
  theme: ['system', 'light', 'dark'],
  shortcuts: ['on', 'off'],
  welcome: ['shown', 'dismissed'],
};
const listeners = new Set<() => void>();
let preferences = read();

function read(): Preferences {
  const firstOf = <Key extends keyof Preferences>(key: Key): Preferences[Key] => {
    const stored = storage()?.getItem(`console.${key}`);
    return VALUES[key].find((value) => value === stored) ?? DEFAULTS[key];
  };
  return { theme: firstOf('theme'), shortcuts: firstOf('shortcuts'), welcome: firstOf('welcome') };
}

/** Absent where the browser blocks it. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

export function setPreference<Key extends keyof Preferences>(key: Key, value: Preferences[Key]): void {
  preferences = { ...preferences, [key]: value };
  storage()?.setItem(`console.${key}`, value);
  applyTheme();
  for (const listener of listeners) listener();
}

export function applyTheme(): void {
  const { theme } = preferences;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export const getPreferences = (): Preferences => preferences;

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getPreferences);
}
