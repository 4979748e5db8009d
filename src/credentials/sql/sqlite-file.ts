import { statSync } from 'node:fs';
import { StoreUnavailableError } from '../store-errors.ts';

/** @throws {StoreUnavailableError} when a file of the database is no longer the one that was opened */
export type CheckInPlace = () => void;

/**
 * Notices that a file of an open SQLite database was deleted, moved or replaced. The process could go on writing to it
 * without an error, and every change would be lost when it ends.
 *
 * @param file an existing one; its write-ahead log and its shared memory, which SQLite makes, are checked as well and
 * stay the same while one connection is open
 */
export function createCheckInPlace(file: string): CheckInPlace {
  const known = new Map<string, string | null>([
    [file, identityOf(file)],
    [`${file}-wal`, null],
    [`${file}-shm`, null],
  ]);
  return () => {
    for (const [path, before] of known) {
      const now = identityOf(path);
      if (before === null) known.set(path, now);
      else if (now !== before) {
        throw new StoreUnavailableError(
          `SQLite file ${path}: it was deleted or replaced while this program had it open.`,
          { advice: 'Put the database file back, or restart the gateway to use the one that is there now.' },
        );
      }
    }
  };
}

/** Device and inode; null where there is no such file, or it cannot be looked at. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
