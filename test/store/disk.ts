import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished, vi } from 'vitest';

/** Mounts a file system of two megabytes until the test ends; null without permission to mount. */
export function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return mounted ? folder : null;
}

/** Fills the disk to its last byte. @returns a function that frees it */
export function fillDisk(folder: string): () => void {
  const file = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(Number(bavail) * Number(bsize)));
  return () => rmSync(file);
}

/** Captures the next SQLite connection, so that a test can limit it. */
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
