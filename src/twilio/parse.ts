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

/**
 * @param form what it must match. @default any text
 * @throws {TwilioResponseError} where the key holds no text, or text of another form
 */
export function requireText(object: JsonObject, what: string, key: string, form?: RegExp): void {
  const value = object[key];
  if (typeof value !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  if (form && !form.test(value)) throw new TwilioResponseError(`a ${what} has a malformed ${key}`);
}

/** Puts null in place of what is not text of this form. In place, as {@link nullUnlessText}. */
export function nullUnless(object: JsonObject, key: string, form: RegExp): void {
  if (object[key] != null) object[key] = textOrNull(object[key], form);
}

/** Puts null in place of what should be text and is not. In place: the payload is ours, and nearly always right. */
export function nullUnlessText(object: JsonObject, keys: readonly string[]): void {
  for (const key of keys) if (object[key] != null && typeof object[key] !== 'string') object[key] = null;
}

export function textOrNull(value: unknown, form?: RegExp): string | null {
  return typeof value === 'string' && (!form || form.test(value)) ? value : null;
}
