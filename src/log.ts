import pino, { type Logger } from 'pino';
import type { Config } from './config.ts';

export type { Logger };

/**
 * What must never be logged, wherever in a line it turns up: access tokens (JWTs), client secrets in a form
 * body, Authorization headers, phone numbers. Whole objects from upstream are not logged in the first place.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  // No word boundary before it: in a line of JSON a line break is the letter n.
  [/(Bearer|Basic)\s+[^\s"\\]+/gi, '$1 [secret]'],
  // As a form has it, as JSON (even inside a JSON string), as Node prints an object; in both ways to write names.
  [
    /((?:client_?secret|access_?token|refresh_?token|auth_?token)["'\\]*\s*[=:](?:\s|\\n|["'\\])*)[^\s"'&\\,}]+/gi,
    '$1[secret]',
  ],
  [/(?:\+|%2B)\d{7,15}/gi, '[phone]'],
];

/** Takes secrets and phone numbers out of a text. */
export function redact(text: string): string {
  return SECRETS.reduce((safe, [pattern, mark]) => safe.replace(pattern, mark), text);
}

/** Writes one JSON object per line. Every line passes {@link redact}, whatever was logged. */
export function createLogger(level: Config['logLevel'], write: (line: string) => void): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(redact(line)) },
  );
}
