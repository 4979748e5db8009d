import DataLoader from 'dataloader';
import type { PageName, TwilioPage } from '../twilio/page.ts';
import { asError } from './explain-refusal.ts';

interface PageKey {
  readonly name: PageName | null;
  readonly pageSize: number;
  readonly filters: readonly (readonly [string, string])[];
}

/**
 * Pages of one list by name, size and filters: two fields that ask for the same page within a request share
 * one call. Each page is handed to `seen`, so that its items need no call of their own.
 */
export function createPageLoader<T, K extends PageKey>(
  fetchPage: (key: K) => Promise<TwilioPage<T>>,
  cacheKeyFn: (key: K) => string,
  seen: (page: TwilioPage<T>) => void,
): DataLoader<K, TwilioPage<T>, string> {
  return new DataLoader(
    (keys) =>
      Promise.all(
        keys.map(async (key) => {
          try {
            const page = await fetchPage(key);
            seen(page);
            return page;
          } catch (error) {
            return asError(error);
          }
        }),
      ),
    { cacheKeyFn },
  );
}
