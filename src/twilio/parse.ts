import { TwilioResponseError } from './errors.ts';

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
 * Creates a form from a regular expression. It remembers the last matching text: on a page of messages, nearly all
 * accounts, counts and prices equal those of the previous message, and comparing takes a tenth of the time of matching.
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
 * Asserts that a field is a string of a form.
 *
 * @param what the resource, for the error message
 * @param key the field's name, for the error message
 * @param form @default any
 * @throws {TwilioResponseError} if the value is not a string, or does not have the form
 */
export function requireText(value: unknown, what: string, key: string, form?: Form): asserts value is string {
  if (typeof value !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  if (form && !form(value)) throw new TwilioResponseError(`a ${what} has a malformed ${key}`);
}

/** Whether a value is a string of a form, null or undefined. @param form @default any */
export function isTextOrNothing(value: unknown, form?: Form): boolean {
  return value == null || (typeof value === 'string' && (!form || form(value)));
}

/** Returns the value if it is a string of the form, else null. @param form @default any */
export function textOrNull(value: unknown, form?: Form): string | null {
  return typeof value === 'string' && (!form || form(value)) ? value : null;
}
