import { decodeCursor, encodeCursor, hashList } from '../history/cursor.ts';
import type { ListSource } from '../history/list-source.ts';
import { compileFilter, type MessageCriteria } from '../history/message-filter.ts';
import { learnRetention } from '../history/retention.ts';
import { readWindow } from '../history/window.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import type { TwilioPage } from '../twilio/page.ts';
import type { WireMessage } from '../twilio/wire.ts';
import type { CredentialAccess } from './access.ts';
import type { ContextOptions } from './credential-context.ts';
import { type CursorWindow, withCursors } from './cursor-window.ts';
import { type Attempt, explainRefusal } from './explain-refusal.ts';
import { createPageLoader } from './page-loader.ts';
import { cursorIn, type Paging, toWindowRequest } from './paging.ts';
import { PERMISSIONS } from './permissions.ts';

export interface MessageWindow extends CursorWindow<WireMessage> {
  /** The requested range began before retention and was cut. */
  readonly truncated: boolean;
}

/** Reads a part of an account's message list. */
export type MessageLists = (
  accountSid: string,
  criteria: MessageCriteria,
  paging: Paging,
) => Promise<MessageWindow>;

/**
 * Twilio refuses a range once for a retention we did not know, once for a missing beginning, and once more for
 * where it draws the line.
 */
const MAX_TRIES = 4;

export function createMessageLists(
  { client, retention, telemetry }: Pick<CredentialAccess, 'client' | 'retention' | 'telemetry'>,
  attempt: Attempt,
  { scope, scanBudget, now }: ContextOptions,
  seen: (page: TwilioPage<WireMessage>) => void,
): MessageLists {
  interface Key {
    accountSid: string;
    name: Parameters<ListSource<WireMessage>['fetchPage']>[0];
    pageSize: number;
    filters: readonly (readonly [string, string])[];
  }
  const pages = createPageLoader<WireMessage, Key>(
    ({ accountSid, ...page }) => client.messages(accountSid, page, scope),
    (key) => JSON.stringify(key),
    seen,
  );

  const read = async (accountSid: string, criteria: MessageCriteria, paging: Paging) => {
    const listHash = hashList('messages', accountSid, criteria);
    const request = toWindowRequest(paging, (cursor, argument) => decodeCursor(listHash, cursor, argument));
    for (let tries = 1; ; tries += 1) {
      const { days } = retention;
      const filter = compileFilter(criteria, retention, now());
      const source: ListSource<WireMessage> = {
        fetchPage: (name, pageSize) => pages.load({ accountSid, name, pageSize, filters: filter.upstream }),
        sidOf: (message) => message.sid,
        timeOf: (message) => parseTwilioDate(message.date_sent)?.getTime() ?? null,
        fixedPageSize: false,
      };
      try {
        const window = await readWindow(source, request, filter, scanBudget);
        telemetry.scanned(window.scanned, filter.selective ? 'gateway' : 'twilio');
        const cursorOf = (position: Parameters<typeof encodeCursor>[1]) => encodeCursor(listHash, position);
        return { ...withCursors(source, window, cursorOf), truncated: filter.truncated };
      } catch (error) {
        if (tries === MAX_TRIES || !learnRetention(retention, error, days, filter.open)) throw error;
      }
    }
  };

  return async (accountSid, criteria, paging) => {
    try {
      return await read(accountSid, criteria, paging);
    } catch (error) {
      throw explainRefusal(error, {
        ...attempt(accountSid),
        permission: PERMISSIONS.MESSAGES_LIST,
        cursorIn: cursorIn(paging),
      });
    }
  };
}
