import type { PageName, TwilioPage } from '../twilio/page.ts';

/** A paged list at Twilio. */
export interface ListSource<T> {
  fetchPage(name: PageName | null, pageSize: number): Promise<TwilioPage<T>>;
  sidOf(item: T): string;
  /** The time by which the list is sorted, newest first, in milliseconds; null when unknown. */
  timeOf(item: T): number | null;
  /**
   * Whether a page token is valid only with its original page size. Message tokens name the last item of a page;
   * account tokens are opaque and seem to count pages.
   */
  readonly fixedPageSize: boolean;
}

/** The items `from` (inclusive) to `to` (exclusive) of a page. */
export interface PageRange<T> {
  readonly page: TwilioPage<T>;
  readonly from: number;
  readonly to: number;
}

/** Limits on the pages that one connection reads. */
export interface ScanLimits {
  /** Returns the next page size, given the number of items scanned so far. */
  pageSize(scanned: number): number;
  /** No further page is requested after this many items. */
  readonly maxScanned: number;
}

/** Maximum pages per connection, against a chain of empty pages, which Twilio does not rule out. */
export const MAX_PAGES = 100;

/** Page size for a small but unknown number of items. */
export const SMALL_PAGE_SIZE = 50;
