import { compileFilter, type MessageCriteria } from '../history/message-filter.ts';
import { learnRetention, type Retention } from '../history/retention.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import { messages, type WireMessage } from '../twilio/resources/messages.ts';
import { type Attempt, explainRefusal } from './explain-refusal.ts';
import type { CursorWindow, ListReader } from './list-reader.ts';
import { cursorIn, type Paging } from './paging.ts';

export interface MessageWindow extends CursorWindow<WireMessage> {
  /** The range that was asked for began before retention and was cut. */
  readonly truncated: boolean;
}

/** Reads a part of an account's message list. */
export type MessageList = (
  accountSid: string,
  criteria: MessageCriteria,
  paging: Paging,
) => Promise<MessageWindow>;

export interface MessageListOptions {
  readonly read: ListReader<WireMessage>;
  readonly retention: Retention;
  readonly attempt: Attempt;
  readonly telemetry: Pick<Telemetry, 'scanned'>;
  readonly now: () => number;
}

/**
 * Twilio rejects a range once for a retention we did not know, once for a missing beginning, and once more for where
 * it draws the line.
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
  ): Promise<MessageWindow> {
    for (let tries = 1; ; tries += 1) {
      const { days } = retention;
      const { upstream, truncated, open, ...filter } = compileFilter(criteria, retention, now());
      const query = {
        ...filter,
        ...{ params: { AccountSid: accountSid }, filters: upstream, criteria, owner: accountSid },
        timeOf: ({ date_sent }: WireMessage) => parseTwilioDate(date_sent)?.getTime() ?? null,
      };
      try {
        const window = await read(query, paging);
        telemetry.scanned(window.scanned, filter.selective ? 'gateway' : 'twilio');
        return { ...window, truncated };
      } catch (error) {
        if (tries === MAX_TRIES || !learnRetention(retention, error, days, open)) throw error;
      }
    }
  }

  return async (accountSid, criteria, paging) => {
    try {
      return await readWithin(accountSid, criteria, paging);
    } catch (error) {
      throw explainRefusal(error, {
        ...attempt(accountSid),
        permission: messages.list.permission,
        cursorIn: cursorIn(paging),
      });
    }
  };
}
