import { useCallback, useState, useTransition } from 'react';

/** A number for Relay's `fetchKey`, and a function that has everything read again while the old rows stay. */
export function useVersion(): readonly [version: number, refresh: () => void] {
  const [version, setVersion] = useState(0);
  const [, startTransition] = useTransition();
  const refresh = useCallback(() => startTransition(() => setVersion((present) => present + 1)), []);
  return [version, refresh];
}
