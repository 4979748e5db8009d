import DataLoader from 'dataloader';
import { channelOf, isEarlier, isFinal } from '../delivery/outcome.ts';
import type { HistoryStore, StatusEvent, Timeline } from '../history/history-store.ts';
import { explainStoreError } from '../store/store-errors.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { InspectCopy } from './copies.ts';
import type { CredentialLoaders } from './credential-loaders.ts';
import type { ReadSummary } from './read-summary.ts';

/** A message, and how it was read. */
export interface TimelineKey {
  readonly wire: WireMessage;
  readonly via: CredentialLoaders;
  readonly source: 'TWILIO' | 'HISTORY';
}

export interface TimelinesOptions {
  /** The copies; absent without one of any account. */
  readonly copies: { readonly history: HistoryStore; readonly inspect: InspectCopy } | undefined;
  readonly reads: ReadSummary;
  readonly now: () => number;
}

/** How long a response with a timeline may be cached, in milliseconds: as long as one that was read from the copy. */
const TIMELINE_MS = 2_000;
/** The number of messages whose timelines are read at once. */
const BATCH = 1_000;

/** The timelines of messages, for one GraphQL request. Those of one account are read together. */
export class Timelines {
  readonly #options: TimelinesOptions;
  #loader: DataLoader<TimelineKey, readonly StatusEvent[] | null, string> | undefined;

  constructor(options: TimelinesOptions) {
    this.#options = options;
  }

  /**
   * Returns the statuses that were seen of a message, oldest first; null without a copy that the caller may read.
   *
   * @throws {STORE_UNAVAILABLE} {HISTORY_TIMEOUT}
   */
  async load(key: TimelineKey): Promise<readonly StatusEvent[] | null> {
    const { copies, reads } = this.#options;
    if (!copies) return null;
    reads.limitLifetime(TIMELINE_MS);
    this.#loader ??= new DataLoader((keys) => this.#loadAll(copies, keys), {
      cacheKeyFn: (one) => `${readOf(one)} ${one.wire.sid}`,
      maxBatchSize: BATCH,
    });
    try {
      return await this.#loader.load(key);
    } catch (error) {
      reads.addFailure();
      throw explainStoreError(error);
    }
  }

  async #loadAll(
    copies: NonNullable<TimelinesOptions['copies']>,
    keys: readonly TimelineKey[],
  ): Promise<(readonly StatusEvent[] | null | Error)[]> {
    const found = new Map<TimelineKey, readonly StatusEvent[] | null | Error>();
    const reading = [...Map.groupBy(keys, readOf).values()].map(async (own) => {
      try {
        await this.#loadAccount(copies, own, found);
      } catch (error) {
        for (const key of own) found.set(key, error as Error);
      }
    });
    await Promise.all(reading);
    return keys.map((key) => found.get(key) ?? null);
  }

  async #loadAccount(
    { history, inspect }: NonNullable<TimelinesOptions['copies']>,
    keys: readonly TimelineKey[],
    found: Map<TimelineKey, readonly StatusEvent[] | null | Error>,
  ): Promise<void> {
    const [{ wire, via }] = keys as [TimelineKey];
    const accountSid = wire.account_sid;
    const { problem } = await inspect({ accountSid, via }, {});
    if (problem) return;
    const sids = keys.map((key) => key.wire.sid);
    const stored = new Map((await history.timelines(accountSid, sids)).map((one) => [one.sid, one]));
    const readAt = new Date(this.#options.now());
    const unseen: WireMessage[] = [];
    for (const key of keys) {
      const { wire, source } = key;
      const timeline = stored.get(wire.sid);
      const isNew = source === 'TWILIO' && isUnseen(wire, timeline);
      const events = timeline?.events ?? [];
      if (isNew) found.set(key, [...events, presentOf(wire, readAt)]);
      else if (timeline) found.set(key, events);
      // The only status of a message that changes no more is known from the message itself.
      if (isNew && (timeline || !isFinal(wire.status, channelOf(wire)))) unseen.push(wire);
    }
    if (unseen.length === 0) return;
    // What a timeline has shown stays in it. The response is right without that, too.
    await history.savePage({ accountSid, messages: unseen, readAt, observedBy: 'READ' }).catch(() => {});
  }
}

/** The account and the credential by which a message was read. */
const readOf = ({ wire, via }: TimelineKey) => `${wire.account_sid} ${via.credential.id}`;

/** Whether a message that was read from Twilio has a status that the copy has not seen. */
function isUnseen(
  { status, error_code, date_updated }: WireMessage,
  timeline: Timeline | undefined,
): boolean {
  const last = timeline?.events.at(-1);
  if (!timeline || !last) return true;
  if (last.status === status && last.errorCode === error_code) return false;
  const stored = timeline.updatedAt?.getTime() ?? 0;
  const read = parseTwilioDate(date_updated)?.getTime() ?? 0;
  // A response from the cache may be older than the copy.
  return read > stored || (read === stored && !isEarlier(status, last.status));
}

function presentOf({ status, error_code, date_updated }: WireMessage, readAt: Date): StatusEvent {
  const at = parseTwilioDate(date_updated) ?? readAt;
  return { status, errorCode: error_code, at, observedBy: 'READ' };
}
