import { DAY_MS } from '../../pagination/retention.ts';
import type { TwilioClient } from '../../twilio/client.ts';
import type { HistoryPage, HistoryStore, SavedPage } from '../history-store.ts';
import { versionsOf } from '../versions.ts';

/** An account that can be read. */
export interface SyncAccount {
  readonly accountSid: string;
  readonly client: TwilioClient;
  /** Reduced when Twilio reports a shorter one. */
  readonly retention: { days: number };
}

/** Where slices are read to. */
export interface SliceReader {
  readonly history: HistoryStore;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Receives what each page changed. */
  readonly onPage?: ((saved: SavedPage) => void) | undefined;
  /** The least number of messages of a part of the whole list. @default 2000 */
  readonly partSize?: number | undefined;
}

/** Saves a page of a list that was read before: only the messages that have changed since are sent to the store. */
export async function saveChanged({ history, onPage }: SliceReader, page: HistoryPage): Promise<void> {
  const { accountSid, messages } = page;
  const places = messages.length > 0 ? await history.findChanged(accountSid, versionsOf(messages)) : [];
  const changed = places.flatMap((place) => messages[place] ?? []);
  const saved = await history.savePage({ ...page, messages: changed });
  onPage?.(saved);
}

const MINUTE_MS = 60_000;
/** Lists may lack new messages for a while: they are not taken for deleted. */
const SETTLE_MS = 5 * MINUTE_MS;

/** Messages from before this time are in the lists that are read from then on. */
export function settledBefore(startedAt: number): number {
  return startedAt - SETTLE_MS;
}

/** The oldest time that Twilio accepts, rounded up to a minute: it stays inside the window while the request is in flight. */
export function earliest(days: number, now: number): number {
  return Math.ceil((now - days * DAY_MS + MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
}
