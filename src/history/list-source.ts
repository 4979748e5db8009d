import type { PageName, TwilioPage } from '../twilio/page.ts';

/** A list at Twilio, as the streams see it. */
export interface ListSource<T> {
  fetchPage(name: PageName | null, pageSize: number): Promise<TwilioPage<T>>;
  sidOf(item: T): string;
  /** What the list is sorted by, newest first, in milliseconds; null where that is not known. */
  timeOf(item: T): number | null;
  /**
   * Whether a page token holds only together with the page size it was made for. Message tokens name the
   * last item of a page; account tokens are opaque and seem to count pages.
   */
  readonly fixedPageSize: boolean;
}

/** The items `from` (inclusive) to `to` (exclusive) of a page. */
export interface Slice<T> {
  readonly page: TwilioPage<T>;
  readonly from: number;
  readonly to: number;
}

/** How far one connection may look. */
export interface ScanLimits {
  /** The page size to ask for, given what has been returned so far. */
  pageSize(scanned: number): number;
  /** No further page is asked for once this many items were returned. */
  readonly maxScanned: number;
}

/** Ends a chain of empty pages, which Twilio does not rule out. */
export const MAX_PAGES = 100;

/** Asked for where the need is small but not known. */
export const SMALL_PAGE_SIZE = 50;
