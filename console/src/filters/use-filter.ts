import { useCallback, useMemo } from 'react';
import { type ChangeOptions, useFragmentState } from '../url/use-url.ts';
import { type Filter, readFilter, writeFilter } from './filter.ts';

/** The filter of the URL, and a function that changes some of it. */
export function useFilter(): readonly [Filter, (change: Partial<Filter>, options?: ChangeOptions) => void] {
  const [fragment, changeFragment] = useFragmentState();
  const filter = useMemo(() => readFilter(fragment), [fragment]);
  const change = useCallback(
    (changes: Partial<Filter>, options?: ChangeOptions) => changeFragment(writeFilter(changes), options),
    [changeFragment],
  );
  return [filter, change];
}
