import { API_CODES } from './api-codes.ts';
import { CARRIER_CODES } from './carrier-codes.ts';
import { CHANNEL_CODES } from './channel-codes.ts';
import type { CodeEntry } from './code-table.ts';
import { CONTENT_CODES } from './content-codes.ts';
import { NUMBER_CODES } from './number-codes.ts';
import { REGISTRATION_CODES } from './registration-codes.ts';

/** The explanation of a known code. */
export interface Explanation {
  /** Twilio's official title. */
  readonly title: string;
  /** What it means and what to do, in plain text; null when only the title is known. */
  readonly explanation: string | null;
  /** Twilio's page about the code. */
  readonly documentationUrl: string;
}

/** An unknown code, which is not an error: Twilio adds codes at any time. */
export interface UnknownCode {
  readonly title: null;
  readonly explanation: null;
  /** Derived from the code; Twilio may not have this page. */
  readonly documentationUrl: string;
}

// A Map, so that no code can reach a property of Object.prototype.
const entries = new Map<number, CodeEntry>(
  [CARRIER_CODES, REGISTRATION_CODES, NUMBER_CODES, CONTENT_CODES, CHANNEL_CODES, API_CODES].flatMap(
    (table) => Object.entries(table).map(([code, entry]) => [Number(code), entry] as const),
  ),
);

/**
 * Explains a message's `error_code`.
 *
 * A code does not mean that the message failed: Twilio also puts warnings, such as 30018, on messages that were sent
 * or delivered. Use `outcome` to find out.
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
