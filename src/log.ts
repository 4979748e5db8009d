import pino, { type Logger } from 'pino';

export type { Logger };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * What must never be logged, wherever in a line it turns up: API keys, access tokens (JWTs), client secrets in a
 * form body, Authorization headers, auth tokens, phone numbers. Whole objects from upstream are not logged in the
 * first place.
 *
 * Callers decide over parts of a line, so each pattern takes linear time: nothing is unbounded that may fail after
 * it. No word boundary stands before them where a line of JSON may have `\n`, of which the letter stays.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/tgw_[\w-]{12,}/g, '[key]'],
  [/eyJ[\w-]{10,}(?:\.[\w-]*){0,4}/g, '[token]'],
  [/(Bearer|Basic)\s{1,20}[^\s"\\]+/gi, '$1 [secret]'],
  // As a form has it, as JSON (even inside a JSON string), as Node prints an object; in both ways to write names.
  [
    /((?:client_?secret|access_?token|refresh_?token|id_?token|auth_?token)["'\\\s]{0,20}[=:](?:\\n|["'\\\s]){0,20})[^\s"'&\\,}]+/gi,
    '$1[secret]',
  ],
  // "AC…:" and "SK…:" in base64, as Basic authentication has them.
  [/(?:QU[MN]|U0[st])[\w+/-]{40,}={0,2}/g, '[secret]'],
  // A Twilio auth token; SIDs have two letters before it.
  [/(^|\W|\\[nrt])[0-9a-f]{32}(?!\w)/g, '$1[secret]'],
  [/(?:\+|%2B)(?:\d(?:[ ().-]|%20|%28|%29){0,3}){6,14}\d/gi, '[phone]'],
  // Not a number that is the value of a field, and by itself no text.
  [
    /(^|[^\w.:-]|[^"]:|\\":|\\[nrt])(?:\d{10,15}|(?:1[ .-])?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4})(?![\w-])/g,
    '$1[phone]',
  ],
];

/** Takes secrets and phone numbers out of a text. */
export function redact(text: string): string {
  return SECRETS.reduce((safe, [pattern, mark]) => safe.replace(pattern, mark), text);
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const SEVEN_DIGITS = /(?:\d[\W_]{0,3}){7}/;
/** Random text, such as a client secret, has digits among its letters. */
const LONG_WORDS = /[\w+/=-]{32,}/g;

/**
 * Whether a short text of a caller's, such as a request id or a name, may be repeated in a log or an error: it has
 * at most 64 characters, and nothing in it looks like a secret or a phone number, however that is separated.
 */
export function isHarmless(text: string): boolean {
  if (text.length > 64) return false;
  const rest = text.replace(UUID, '');
  const isRandom = (word: string) => word.replace(/\D/g, '').length >= 3;
  return redact(rest) === rest && !SEVEN_DIGITS.test(rest) && !rest.match(LONG_WORDS)?.some(isRandom);
}

/** Longer lines are cut before they are searched for secrets. */
const LONGEST_LINE = 16_384;
const LONGEST_TEXT = 2_000;

/** Writes one JSON object per line. Every line passes {@link redact}, whatever was logged. */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(redact(shorten(line))) },
  );
}

/** Cuts the texts in a line that is too long; of one that is too long still, little is left. */
function shorten(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  const fields = JSON.parse(line) as Record<string, unknown>;
  const short = JSON.stringify(fields, (_, value) => (typeof value === 'string' ? cut(value) : value));
  if (short.length <= LONGEST_LINE) return `${short}\n`;
  const { level, time, requestId, msg } = fields;
  const rest = { level, time, requestId, msg: cut(String(msg)), cut: line.length };
  return `${JSON.stringify(rest)}\n`;
}

/** Not within a word, so that what is left of it would not be known for a secret. */
function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const words = text.slice(0, LONGEST_TEXT).split(/(\s)/);
  return `${words.slice(0, -1).join('')}[cut]`;
}
