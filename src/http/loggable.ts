import { METHODS } from 'node:http';
import { isHarmless } from '../log.ts';
import { ASSETS } from './graphiql-files.ts';

/**
 * Decides what of a request may be repeated in logs, traces and responses. People put keys and phone numbers
 * into every part of a request, so that only what is known, or looks harmless, is.
 */
export interface Loggable {
  method(method: string | undefined): string;
  /** A path at which something is; `[unknown]` for others, which may hold anything. */
  path(path: string): string;
  /** @param known the names that need no look */
  operation(name: string, known: ReadonlySet<string>): string;
  /** The request's own id where that is harmless, else a new one. */
  requestId(given: string | readonly string[] | null | undefined): string;
  /** The text, or an empty one. */
  text(text: string | null): string;
}

export interface LoggableOptions {
  /** GATEWAY_ADMIN_KEY, which may look like anything. */
  readonly adminKey?: string | undefined;
  readonly isPage?: (path: string) => boolean;
}

const METHOD = new Set(METHODS);
const PATHS = new Set(['/', '/graphql', '/health', '/ready', '/metrics']);
/** Shorter parts of a key do not help to guess it, and may be words. */
const SHORTEST_PART = 12;

export function createLoggable({ adminKey, isPage = () => false }: LoggableOptions = {}): Loggable {
  /** Whether the text has the key in it, or is a part of it. */
  const isOfKey = (text: string) =>
    adminKey !== undefined &&
    (text.includes(adminKey) || (text.length >= SHORTEST_PART && adminKey.includes(text)));
  const isSafe = (text: string) => isHarmless(text) && !isOfKey(text);

  return {
    method: (method = '') => (METHOD.has(method) ? method : '[unknown]'),
    path: (path) => {
      if (PATHS.has(path) || isPage(path)) return path;
      return path.startsWith(ASSETS) ? `${ASSETS}*` : '[unknown]';
    },
    operation: (name, known) => (known.has(name) || isSafe(name) ? name : '[name]'),
    requestId: (given) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) && isSafe(given)
        ? given
        : crypto.randomUUID(),
    text: (text) => (text?.split(/[,=]/).every(isSafe) ? text : ''),
  };
}
