import { useSyncExternalStore } from 'react';

/** The same as in table.css: below it, a row has two lines. */
const query = matchMedia('(max-width: 44rem)');

/** Whether the window is narrow. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (onChange) => {
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => query.matches,
  );
