import { usageError } from './command-errors.ts';

/**
 * Reads the value of an option like --since: a day, which is its midnight in UTC, or a time.
 *
 * @throws {CommandError} USAGE
 */
export function timeOf(text: string | undefined, option: string): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw usageError(`${option} takes a day (2027-01-31) or a time (2027-01-31T12:00:00Z).`, option);
}
