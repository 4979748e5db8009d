import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { HistoryStatus, HistoryStore } from '../history/history-store.ts';
import { dateSentRange, type MessageCriteria, rangeOf, wordsOf } from '../pagination/message-filter.ts';
import { DAY_MS } from '../pagination/retention.ts';
import { messages } from '../twilio/resources/messages.ts';
import type { AccountRead } from './message-source.ts';

/** Tells what a caller may read of the copy of one account. */
export interface Copy {
  /** Why the copy may not be read, or has not what the filter needs; null if it can be read. */
  readonly problem: GatewayError | null;
  /** When it was last brought up to date; null before. */
  readonly asOf: Date | null;
  /** Whether it has every message that the filter may match. */
  readonly covers: boolean;
}

/** Inspects the copy of an account. Nothing is remembered: a policy that was switched off takes effect at once. */
export type InspectCopy = (account: AccountRead, criteria: MessageCriteria) => Promise<Copy>;

export function createCopies(history: HistoryStore, now: () => number): InspectCopy {
  return async ({ accountSid, via: { credential } }, criteria) => {
    const closed = (problem: GatewayError): Copy => ({ problem, asOf: null, covers: false });
    const unavailable = (why: string) => closed(gatewayError('HISTORY_UNAVAILABLE', why));
    // The copy is of what this credential opens: another one proves no right to read it.
    if (credential.accountSid !== accountSid)
      return unavailable('the caller has no credential of the account');
    if (credential.refused)
      return closed(gatewayError('CREDENTIAL_REFUSED', credential.nickname, credential.kind));
    const { name } = messages.list.permission;
    if (credential.permissions.some(({ permission, granted }) => permission === name && !granted)) {
      return unavailable('its credential may not list messages');
    }
    const status = await history.status(accountSid);
    if (!status.policy?.enabled) return unavailable('the account has none');
    if (status.asOf === null) return unavailable('nothing of the account was read yet');
    if (!status.policy.keepsBodies && needsTexts(criteria)) return unavailable('it keeps no texts');
    return { problem: null, asOf: status.asOf, covers: covers(status, criteria, now()) };
  };
}

/** Whether a copy has every message that a filter may match. */
function covers(
  { policy, slicesDone, slicesTotal, syncedFrom, newestUnread }: HistoryStatus,
  criteria: MessageCriteria,
  now: number,
): boolean {
  const isComplete = slicesTotal > 0 && slicesDone === slicesTotal;
  const bounds = [
    dateSentRange(criteria.dateSent).since,
    rangeOf(criteria.dateCreated, 'filter.dateCreated').since,
  ].filter((bound) => bound !== null);
  if (bounds.length === 0) return isComplete && policy?.days === null;
  // A message that matches has both dates in their ranges, and is created before it is sent.
  const since = Math.max(...bounds);
  if (policy?.days != null && since < now - policy.days * DAY_MS) return false;
  return isComplete || (!newestUnread && syncedFrom !== null && syncedFrom.getTime() <= since);
}

function needsTexts({ bodyContains, text }: MessageCriteria): boolean {
  return Boolean(bodyContains) || wordsOf(text).length > 0;
}
