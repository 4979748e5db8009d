import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailableError } from '../store-errors.ts';

/** Creates the folder of a file, and those above it, for its owner only. */
export function makeFolderOf(file: string): void {
  // Not `recursive`: under /proc and the like, which have no new folders, Node tries without end.
  const folder = dirname(file);
  if (existsSync(folder)) return;
  makeFolderOf(folder);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @throws {StoreUnavailableError} when a file of the database was deleted or replaced */
export type CheckInPlace = () => void;

/**
 * Detects that a file of an open SQLite database was deleted, moved or replaced. Writes to such a file succeed, but
 * are lost when the process exits.
 *
 * @param file an existing file; SQLite's -wal and -shm files are checked too, which exist as long as a connection
 * is open
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
          { advice: 'Restore the database file, or restart the gateway to use the current one.' },
        );
      }
    }
  };
}

/** Returns device and inode; null when the file is missing or inaccessible. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
