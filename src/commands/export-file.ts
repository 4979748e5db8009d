import { type FileHandle, open } from 'node:fs/promises';
import { csv, type ExportSummary, ndjson } from '../http/export-format.ts';
import { CommandError } from './command-errors.ts';
import type { ExportFileFormat } from './export-records.ts';

/** Only its owner may read a file with messages. */
export const MODE = 0o600;

/** A file that an export is written to. */
export interface ExportFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Writes the last line. */
  finish(summary: ExportSummary): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a file behind its complete rows; what follows them is cut off.
 *
 * @param flags `wx` for a new file, `w` to replace one, `r+` to continue it
 * @throws {CommandError} FILE_EXISTS, FILE_UNUSABLE
 */
export async function openExportFile(
  path: string,
  format: ExportFileFormat,
  flags: 'wx' | 'w' | 'r+',
  size: number,
): Promise<ExportFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, flags, MODE);
    await handle.truncate(size);
  } catch (error) {
    throw fileError(error);
  }
  let position = size;
  const append = async (bytes: Uint8Array) => {
    try {
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, position);
        offset += bytesWritten;
        position += bytesWritten;
      }
    } catch (error) {
      throw fileError(error);
    }
  };
  return {
    write: append,
    async finish(summary) {
      const { tail } = format === 'csv' ? csv(false, false) : ndjson(false);
      await append(Buffer.from(tail(summary)));
      await handle.datasync();
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'The file or its folder may not be written by this user.',
  EISDIR: 'It is a folder.',
  ENOENT: 'Its folder does not exist.',
  ENOSPC: 'The disk is full. Free space, and run the same command with --resume.',
  EROFS: 'The file system is read-only.',
};

/** Explains an error of the file system; any other error stays as it is. */
export function fileError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') {
    return new CommandError(
      'FILE_EXISTS',
      'The file exists already. Give --resume to continue it, or --overwrite to replace it.',
      'FILE',
    );
  }
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new CommandError('FILE_UNUSABLE', `The file cannot be used. ${PROBLEMS[code] ?? code}`, 'FILE');
}
