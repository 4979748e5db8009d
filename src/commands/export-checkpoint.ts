import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { ExportSummary } from '../http/export-format.ts';
import { CommandError } from './command-errors.ts';
import { fileError, MODE } from './export-file.ts';
import { type ExportFileFormat, summaryIn } from './export-records.ts';

/**
 * How much of an export is in its file. It is stored beside the file, and not in its rows: the cursors of the same rows
 * differ after an interruption, and the file should not.
 */
export interface Checkpoint {
  readonly version: 1;
  /** Bytes of the file that are complete rows. */
  readonly size: number;
  readonly count: number;
  /** The dates of the first and the last row. */
  readonly newest: string | null;
  readonly oldest: string | null;
  /** Where to continue. Null before the first row. */
  readonly cursor: string | null;
  readonly historyTruncated: boolean;
  readonly unavailable: readonly unknown[];
}

export const BEGINNING: Checkpoint = {
  version: 1,
  size: 0,
  count: 0,
  newest: null,
  oldest: null,
  cursor: null,
  historyTruncated: false,
  unavailable: [],
};

export const checkpointPath = (path: string) => `${path}.resume`;

/** Stores a checkpoint in place of the one before it, whole or not at all. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  try {
    const temporary = `${checkpointPath(path)}.new`;
    await writeFile(temporary, JSON.stringify(checkpoint), { mode: MODE });
    await rename(temporary, checkpointPath(path));
  } catch (error) {
    throw fileError(error);
  }
}

export async function removeCheckpoint(path: string): Promise<void> {
  await rm(checkpointPath(path), { force: true });
}

/**
 * Finds where an export was interrupted.
 *
 * @returns the summary of an export that has ended; {@link BEGINNING} where the file is missing or empty
 * @throws {CommandError} RESUME_IMPOSSIBLE
 */
export async function findCheckpoint(
  path: string,
  format: ExportFileFormat,
): Promise<Checkpoint | ExportSummary> {
  const size = await sizeOf(path);
  const text = await readFile(checkpointPath(path), 'utf8').catch(() => undefined);
  if (text === undefined) {
    if (size === 0) return BEGINNING;
    const summary = await lastSummary(path, size, format);
    if (summary?.error === null) return summary;
    throw impossible(`an interrupted export leaves a ${ending} beside it, and there is none`);
  }
  const checkpoint = parse(text);
  if (!checkpoint) throw impossible(`the ${ending} beside it is damaged`);
  // Without a row: the gateway sends the header line again.
  if (checkpoint.cursor === null) return BEGINNING;
  if (size < checkpoint.size) throw impossible(`it is shorter than the ${ending} beside it says`);
  return checkpoint;
}

const ending = 'file with the ending .resume';

function impossible(why: string): CommandError {
  return new CommandError(
    'RESUME_IMPOSSIBLE',
    `The export cannot be continued: ${why}. Export to another file, or give --overwrite instead of --resume.`,
    'FILE',
  );
}

function parse(text: string): Checkpoint | undefined {
  try {
    const checkpoint = JSON.parse(text) as Checkpoint;
    const isValid =
      checkpoint.version === 1 &&
      Number.isSafeInteger(checkpoint.size) &&
      Number.isSafeInteger(checkpoint.count) &&
      (checkpoint.cursor === null || typeof checkpoint.cursor === 'string') &&
      Array.isArray(checkpoint.unavailable);
    return isValid ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw fileError(error);
  }
}

/** More than a summary has. */
const MAX_SUMMARY = 256 * 1024;

/** Reads the last line, which is in the last bytes of a file. */
async function lastSummary(path: string, size: number, format: ExportFileFormat) {
  await using handle = await open(path, 'r');
  const length = Math.min(size, MAX_SUMMARY);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const start = buffer.lastIndexOf('\n', buffer.length - 2) + 1;
  return summaryIn(buffer.subarray(start), format);
}
