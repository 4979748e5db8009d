import { InvalidValueError } from '../store-errors.ts';

const NAME_LENGTH = 64;

/** Normalizes a name: trimmed, NFC, 1 to 64 characters. @throws {InvalidValueError} */
export function nameOf(field: string, text: string): string {
  const name = text.normalize('NFC').trim();
  const { length } = [...name];
  if (length === 0) throw new InvalidValueError(field, 'is empty');
  if (length > NAME_LENGTH) throw new InvalidValueError(field, `is longer than ${NAME_LENGTH} characters`);
  // PostgreSQL cannot store NUL, and control characters are invisible.
  if (/\p{Cc}/u.test(name)) throw new InvalidValueError(field, 'has control characters');
  return name;
}

/** Case-folds a nickname for the uniqueness check. */
export function nicknameKey(nickname: string): string {
  return nickname.normalize('NFKC').toLowerCase();
}

export function notEmpty(field: string, text: string): string {
  if (text.trim() === '') throw new InvalidValueError(field, 'is empty');
  return text;
}

export function dateOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}

/** Rows in one statement: SQLite and PostgreSQL limit its parameters. */
const AT_ONCE = 500;

export function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) chunks.push(items.slice(from, from + AT_ONCE));
  return chunks;
}
