import pino, { type Logger } from 'pino';

export type { Logger };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Patterns of values that must never be logged: API keys, access tokens (JWTs), client secrets in a form body,
 * Authorization headers, auth tokens, phone numbers. Objects from upstream are not logged at all.
 *
 * Callers control parts of a line, so each pattern runs in linear time: no unbounded part is followed by one
 * that may fail. Patterns do not begin with a word boundary, because in a line of JSON the `n` of `\n` may precede.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/tgw_[\w-]{12,}/g, '[key]'],
  [/eyJ[\w-]{10,}(?:\.[\w-]*){0,4}/g, '[token]'],
  [/(Bearer|Basic)\s{1,20}[^\s"\\]+/gi, '$1 [secret]'],
  // In a form body, JSON (even inside a JSON string) or Node's output of an object; in camel or snake case.
  [
    /((?:client_?secret|access_?token|refresh_?token|id_?token|auth_?token)["'\\\s]{0,20}[=:](?:\\n|["'\\\s]){0,20})[^\s"'&\\,}]+/gi,
    '$1[secret]',
  ],
  // "AC…:" and "SK…:" in base64, as in Basic authentication.
  [/(?:QU[MN]|U0[st])[\w+/-]{40,}={0,2}/g, '[secret]'],
  // A Twilio auth token; SIDs have two more letters in front.
  [/(^|\W|\\[nrt])[0-9a-f]{32}(?!\w)/g, '$1[secret]'],
  [/(?:\+|%2B)(?:\d(?:[ ().-]|%20|%28|%29){0,3}){6,14}\d/gi, '[phone]'],
  // A phone number in text, but not a JSON number.
  [
    /(^|[^\w.:-]|[^"]:|\\":|\\[nrt])(?:\d{10,15}|(?:1[ .-])?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4})(?![\w-])/g,
    '$1[phone]',
  ],
];

/** Replaces secrets and phone numbers in a text. */
export function redact(text: string): string {
  return SECRETS.reduce((safe, [pattern, mark]) => safe.replace(pattern, mark), text);
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const SEVEN_DIGITS = /(?:\d[\W_]{0,3}){7}/;
/** Random text, such as a client secret, has digits among its letters. */
const LONG_WORDS = /[\w+/=-]{32,}/g;

/**
 * Whether a short text from a caller, such as a request id or a name, may appear in a log or an error: it has at most
 * 64 characters and does not look like a secret or a phone number with any separators.
 */
export function isHarmless(text: string): boolean {
  if (text.length > 64) return false;
  const rest = text.replace(UUID, '');
  const isRandom = (word: string) => word.replace(/\D/g, '').length >= 3;
  return redact(rest) === rest && !SEVEN_DIGITS.test(rest) && !rest.match(LONG_WORDS)?.some(isRandom);
}

/** Longer lines are truncated before redaction. */
const MAX_LINE_LENGTH = 16_384;
const MAX_TEXT_LENGTH = 2_000;

/** Creates a logger that writes one JSON object per line. Every line passes through {@link redact}. */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(redact(truncate(line))) },
  );
}

/** Truncates the texts in a line that is too long; if it is still too long, keeps only the main fields. */
function truncate(line: string): string {
  if (line.length <= MAX_LINE_LENGTH) return line;
  const fields = JSON.parse(line) as Record<string, unknown>;
  const short = JSON.stringify(fields, (_, value) => (typeof value === 'string' ? cut(value) : value));
  if (short.length <= MAX_LINE_LENGTH) return `${short}\n`;
  const { level, time, requestId, msg } = fields;
  const rest = { level, time, requestId, msg: cut(String(msg)), cut: line.length };
  return `${JSON.stringify(rest)}\n`;
}

/** Truncates a text at a space, so that no part of a secret remains unrecognized. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const words = text.slice(0, MAX_TEXT_LENGTH).split(/(\s)/);
  return `${words.slice(0, -1).join('')}[cut]`;
}
