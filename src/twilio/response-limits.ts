import { TwilioResponseError, TwilioResponseTooLargeError } from './errors.ts';

/** The limit of a token response of any status. An access token has 1 to 2 KiB. */
export const MAX_TOKEN_BYTES = 64 * 1024;

/** The limits of a successful response. */
export interface ResponseLimits {
  readonly bytes: number;
  /** JSON values. A short text of tiny values takes far more time and memory than its length suggests. */
  readonly values: number;
}

/** A message has at most 1,600 characters, an account some 25 URIs: both take a few KiB. */
const RESOURCE: ResponseLimits = { bytes: 1024 * 1024, values: 2_000 };

/** Per item of a page. A message takes about 1 KiB on average, and has fewer than 30 values. */
const ITEM: ResponseLimits = { bytes: 4 * 1024, values: 100 };

const TOKEN: ResponseLimits = { bytes: MAX_TOKEN_BYTES, values: 200 };

/** The limit of an error response. Twilio's errors have less than 1 KiB, a proxy's pages some KiB. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Twilio's lists have four levels. */
const MAX_DEPTH = 64;

/** Returns the limits of a URL: of one resource, a page by its `PageSize`, or a token. */
export function responseLimits(url: string): ResponseLimits {
  if (url.endsWith('/v2/token')) return TOKEN;
  const items = Math.min(1000, Number(/[?&]PageSize=(\d+)/.exec(url)?.[1] ?? 0));
  return { bytes: RESOURCE.bytes + items * ITEM.bytes, values: RESOURCE.values + items * ITEM.values };
}

/**
 * In characters. Values of a shorter text are counted after parsing, which costs a tenth of counting them in the text.
 * Parsing it takes a few milliseconds at most.
 */
const PARSED_FIRST = 64 * 1024;

/**
 * Parses a response within its limits. Those of a long text are checked before parsing: a few MiB of brackets keep the
 * parser busy for seconds.
 *
 * @throws {TwilioResponseTooLargeError} beyond `limits.bytes`
 * @throws {TwilioResponseError} beyond the other limits
 * @throws {SyntaxError} when it is not JSON
 */
export function parseWithin(limits: ResponseLimits, text: string): unknown {
  // A character is at least a byte.
  if (text.length > limits.bytes) throw new TwilioResponseTooLargeError(limits.bytes);
  if (text.length > PARSED_FIRST) {
    checkStructure(text, limits.values);
    return JSON.parse(text);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    checkStructure(text, limits.values);
    throw error;
  }
  if (isContainer(json) && countValues(json, MAX_DEPTH) >= limits.values) checkStructure(text, limits.values);
  return json;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Counts the values in a container as they are counted in its text, where an empty one has one. Infinity beyond `levels`. */
function countValues(container: object, levels: number): number {
  if (levels === 0) return Number.POSITIVE_INFINITY;
  let count = 0;
  if (Array.isArray(container)) {
    for (const item of container) count += isContainer(item) ? 1 + countValues(item, levels - 1) : 1;
  } else {
    // Object.values would make an array of each.
    for (const key in container) {
      const item = (container as Record<string, unknown>)[key];
      count += isContainer(item) ? 1 + countValues(item, levels - 1) : 1;
    }
  }
  return Math.max(count, 1);
}

/** Counts brackets and commas outside strings. The parser rejects invalid JSON. */
function checkStructure(text: string, maxValues: number): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > MAX_DEPTH) throw new TwilioResponseError('it is nested too deeply');
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        values += 1;
        if (values > maxValues) throw new TwilioResponseError('it has too many values');
        break;
    }
  }
}

/** Returns the index of the quote that ends a string, or the length of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start; ; ) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let before = at - 1;
    while (text.charCodeAt(before) === 0x5c) before -= 1; // \
    if ((at - before) % 2 === 1) return at;
  }
}
