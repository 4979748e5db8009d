import { TwilioResponseError } from '../twilio-error.ts';

export type JsonObject = Record<string, unknown>;

/** @throws {TwilioResponseError} for anything but a JSON object */
export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TwilioResponseError(
      `expected ${what}, got ${Array.isArray(value) ? 'an array' : typeof value}`,
    );
  }
  return value as JsonObject;
}

/** Whether text has the form a field must have. */
export type Form = (text: string) => boolean;

/**
 * Makes a form of an expression. It remembers the last text that had it: on a page of messages nearly all accounts,
 * counts and prices are those of the message before, and comparing takes a tenth of matching.
 */
export function createForm(expression: RegExp): Form {
  let last: string | undefined;
  return (text) => {
    if (text === last) return true;
    if (!expression.test(text)) return false;
    last = text;
    return true;
  };
}

/**
 * @param value of a key of a resource, as the error names them
 * @param form what it must have. @default any
 * @throws {TwilioResponseError} where it is no text, or text of another form
 */
export function requireText(value: unknown, what: string, key: string, form?: Form): asserts value is string {
  if (typeof value !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  if (form && !form(value)) throw new TwilioResponseError(`a ${what} has a malformed ${key}`);
}

/** Whether it is text of a form, or nothing: null, or left out. @param form @default any */
export function isTextOrNothing(value: unknown, form?: Form): boolean {
  return value == null || (typeof value === 'string' && (!form || form(value)));
}

/** Puts null in place of what is not text. */
export function textOrNull(value: unknown, form?: Form): string | null {
  return typeof value === 'string' && (!form || form(value)) ? value : null;
}
