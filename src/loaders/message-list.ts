import type { ListSource } from '../pagination/list-source.ts';
import { type CompiledFilter, compileFilter, type MessageCriteria } from '../pagination/message-filter.ts';
import { learnRetention, type Retention } from '../pagination/retention.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import { messages, type WireMessage } from '../twilio/resources/messages.ts';
import { type Attempt, explainRejection } from './explain-rejection.ts';
import type { LoadPage } from './list-reader.ts';

/** One of Twilio's lists of messages, with the part of a filter that the gateway applies. */
export interface MessageList extends Omit<CompiledFilter, 'upstream' | 'truncated' | 'open'> {
  readonly accountSid: string;
  readonly source: ListSource<WireMessage>;
  /** Whether the requested range began before the retention period and was cut, as far as is known. */
  isTruncated(): boolean;
  /** Returns the error the client may see. @param cursorIn the argument that holds a cursor */
  explain(error: unknown, cursorIn?: 'after' | 'before'): unknown;
}

export interface MessageListOptions {
  readonly loadPage: LoadPage<WireMessage>;
  readonly retention: Retention;
  readonly attempt: Attempt;
  readonly now: () => number;
}

/**
 * Twilio may reject a range three times: because its retention period is shorter than assumed, because the range has no
 * beginning, and because the beginning is still slightly too early.
 */
const MAX_TRIES = 4;

/**
 * Opens a list; nothing is read yet.
 *
 * @throws {BAD_USER_INPUT} {MESSAGE_HISTORY_LIMIT} for a range that no message can be in
 */
export function openMessageList(
  accountSid: string,
  criteria: MessageCriteria,
  { loadPage, retention, attempt, now }: MessageListOptions,
): MessageList {
  const params = { AccountSid: accountSid };
  let compiled = compileFilter(criteria, retention, now());
  const { accept, selective, isPastEnd } = compiled;

  return {
    accountSid,
    accept,
    selective,
    ...(isPastEnd && { isPastEnd }),
    isTruncated: () => compiled.truncated,
    source: {
      async fetchPage(name, pageSize) {
        for (let tries = 1; ; tries += 1) {
          const { days } = retention;
          compiled = compileFilter(criteria, retention, now());
          const { upstream: filters, open } = compiled;
          try {
            return await loadPage({ params, name, pageSize, filters });
          } catch (error) {
            if (tries === MAX_TRIES || !learnRetention(retention, error, days, open)) throw error;
          }
        }
      },
      sidOf: ({ sid }) => sid,
      timeOf: ({ date_sent }) => parseTwilioDate(date_sent)?.getTime() ?? null,
      fixedPageSize: false,
    },
    explain: (error, cursorIn) =>
      explainRejection(error, { ...attempt(accountSid), permission: messages.list.permission, cursorIn }),
  };
}
