import { API_CODES } from './api-codes.ts';
import { CARRIER_CODES } from './carrier-codes.ts';
import { CHANNEL_CODES } from './channel-codes.ts';
import type { CodeEntry } from './code-table.ts';
import { CONTENT_CODES } from './content-codes.ts';
import { NUMBER_CODES } from './number-codes.ts';
import { REGISTRATION_CODES } from './registration-codes.ts';
import { SCHEDULING_CODES } from './scheduling-codes.ts';

/** A code this program knows. */
export interface Explanation {
  /** Twilio's official title. */
  readonly title: string;
  /** What it means and what to do next, in plain text; null where only the title is known. */
  readonly explanation: string | null;
  /** Twilio's own page about the code. */
  readonly documentationUrl: string;
}

/** A code this program does not know: Twilio adds codes at any time, so this is no error. */
export interface UnknownCode {
  readonly title: null;
  readonly explanation: null;
  /** Built from the number alone; whether Twilio has a page there is not known. */
  readonly documentationUrl: string;
}

// A Map, so that no code can reach a property of Object.prototype.
const entries = new Map<number, CodeEntry>(
  [
    CARRIER_CODES,
    REGISTRATION_CODES,
    NUMBER_CODES,
    CONTENT_CODES,
    SCHEDULING_CODES,
    CHANNEL_CODES,
    API_CODES,
  ].flatMap((table) => Object.entries(table).map(([code, entry]) => [Number(code), entry] as const)),
);

/**
 * Explains a message's `error_code`.
 *
 * The presence of a code does not mean that the message failed: Twilio also puts warnings (30018, for example) on
 * messages that were sent or delivered. Ask `outcome` for that.
 *
 * @example
 * explain(30005).title; // 'Unknown destination handset'
 * @see https://www.twilio.com/docs/api/errors
 */
export function explain(code: number): Explanation | UnknownCode {
  const documentationUrl = `https://www.twilio.com/docs/api/errors/${code}`;
  const entry = entries.get(code);
  if (entry === undefined) return { title: null, explanation: null, documentationUrl };
  return { title: entry.title, explanation: entry.explanation ?? null, documentationUrl };
}
