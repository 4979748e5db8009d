import { isInbound, type Placed, timeOf } from './days.ts';

/** Twilio's default words. https://www.twilio.com/docs/messaging/guides/advanced-opt-out */
const STOP_WORDS = new Set(['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout']);
const START_WORDS = new Set(['start', 'yes', 'unstop']);
/** The recipient has opted out: Twilio's rejection of a message. */
const OPTED_OUT = 21610;

interface Said extends Placed {
  readonly body: string | null | undefined;
  readonly errorCode: number | null | undefined;
}

/**
 * Whether the newest sign among some messages is one of an opt-out. The same rule as `ThreadSummary.optedOut`, which knows
 * all messages and hidden texts, too.
 *
 * @returns null without any sign
 */
export function optedOutIn(messages: readonly Said[]): boolean | null {
  const newestFirst = [...messages].sort((a, b) => timeOf(b) - timeOf(a));
  for (const message of newestFirst) {
    if (!isInbound(message)) {
      if (message.errorCode === OPTED_OUT) return true;
      continue;
    }
    const word = message.body?.trim().toLowerCase() ?? '';
    if (STOP_WORDS.has(word)) return true;
    if (START_WORDS.has(word)) return false;
  }
  return null;
}
