import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished, vi } from 'vitest';

/** A file system of its own, of two megabytes; null where none may be mounted. Gone when the test ends. */
export function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return mounted ? folder : null;
}

/** Fills the disk to its last byte. @returns what frees it again */
export function fillDisk(folder: string): () => void {
  const file = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(Number(bavail) * Number(bsize)));
  return () => rmSync(file);
}

/** Lets a test set limits on the connection that the next store opens, as a disk would. */
export function catchConnection(): () => DatabaseSync {
  let caught: DatabaseSync | undefined;
  const exec = DatabaseSync.prototype.exec;
  const spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    caught ??= this;
    exec.call(this, sql);
  });
  onTestFinished(() => spy.mockRestore());
  return () => {
    if (!caught) throw new Error('No store was opened.');
    return caught;
  };
}
