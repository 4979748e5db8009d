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

/** @throws {TwilioResponseError} where one of the keys holds no string */
export function requireStrings(object: JsonObject, what: string, keys: readonly string[]): void {
  for (const key of keys) {
    if (typeof object[key] !== 'string') throw new TwilioResponseError(`a ${what} has no ${key}`);
  }
}

/** Puts null in place of what should be text and is not. In place: the payload is ours, and nearly always right. */
export function nullUnlessText(object: JsonObject, keys: readonly string[]): void {
  for (const key of keys) if (object[key] != null && typeof object[key] !== 'string') object[key] = null;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
