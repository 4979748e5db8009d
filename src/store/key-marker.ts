import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Records, outside the database, that it had an ADMIN key. */
export interface KeyMarker {
  isSet(): boolean;
  /** Does nothing when already set, or when no file can be written. */
  set(): void;
}

/**
 * Creates the marker. A database whose file was lost looks like that of a first start, which needs no key; the
 * marker closes this gap. It is a file beside the database and another beside the database's directory, which
 * survives a lost volume or an `rm -r`.
 */
export function createKeyMarker(databaseFile: string): KeyMarker {
  const file = resolve(databaseFile);
  const directory = dirname(file);
  const paths = [
    `${file}.closed`,
    join(dirname(directory), `.${basename(directory)}.${basename(file)}.closed`),
  ];
  const text = `An ADMIN key was created in ${file}. While this file exists, the gateway requires a key, even if that
  database is lost. To start over without keys, delete these two files:
${paths.join('\n')}
`;
  return {
    isSet: () => paths.some((path) => existsSync(path)),
    set() {
      for (const path of paths) {
        try {
          writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
        } catch {
          // It exists, or the directory is not writable, such as the parent of systemd's StateDirectory.
        }
      }
    },
  };
}
