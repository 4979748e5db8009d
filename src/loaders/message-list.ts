import { compileFilter, type MessageCriteria } from '../pagination/message-filter.ts';
import { learnRetention, type Retention } from '../pagination/retention.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import { messages, type WireMessage } from '../twilio/resources/messages.ts';
import { type Attempt, explainRejection } from './explain-rejection.ts';
import { type CursorSlice, cursorIn, type ListReader, type Paging } from './list-reader.ts';

export interface MessageSlice extends CursorSlice<WireMessage> {
  /** Whether the requested range began before the retention period and was cut. */
  readonly truncated: boolean;
}

/** Reads a slice of an account's message list. */
export type MessageList = (
  accountSid: string,
  criteria: MessageCriteria,
  paging: Paging,
) => Promise<MessageSlice>;

export interface MessageListOptions {
  readonly read: ListReader<WireMessage>;
  readonly retention: Retention;
  readonly attempt: Attempt;
  readonly telemetry: Pick<Telemetry, 'scanned'>;
  readonly now: () => number;
}

/**
 * Twilio may reject a range three times: because its retention period is shorter than assumed, because the range has no
 * beginning, and because the beginning is still slightly too early.
 */
const MAX_TRIES = 4;

export function createMessageList({
  read,
  retention,
  attempt,
  telemetry,
  now,
}: MessageListOptions): MessageList {
  async function readWithin(
    accountSid: string,
    criteria: MessageCriteria,
    paging: Paging,
  ): Promise<MessageSlice> {
    for (let tries = 1; ; tries += 1) {
      const { days } = retention;
      const { upstream, truncated, open, ...filter } = compileFilter(criteria, retention, now());
      const query = {
        ...filter,
        params: { AccountSid: accountSid },
        filters: upstream,
        criteria,
        owner: accountSid,
        timeOf: ({ date_sent }: WireMessage) => parseTwilioDate(date_sent)?.getTime() ?? null,
      };
      try {
        const slice = await read(query, paging);
        telemetry.scanned(slice.scanned, filter.selective ? 'gateway' : 'twilio');
        return { ...slice, truncated };
      } catch (error) {
        if (tries === MAX_TRIES || !learnRetention(retention, error, days, open)) throw error;
      }
    }
  }

  return async (accountSid, criteria, paging) => {
    try {
      return await readWithin(accountSid, criteria, paging);
    } catch (error) {
      throw explainRejection(error, {
        ...attempt(accountSid),
        permission: messages.list.permission,
        cursorIn: cursorIn(paging),
      });
    }
  };
}
