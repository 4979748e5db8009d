import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Remembers, outside the database, that an ADMIN key was made in it. */
export interface KeyMarker {
  isSet(): boolean;
  /** Does nothing where it is set, or where no file can be written. */
  set(): void;
}

/**
 * Empty databases are all alike: without a trace outside of it, one whose file or directory was lost would look
 * like that of a first start, which needs no key. The marker is a file beside the database and another beside the
 * database's directory, where a lost volume or an `rm -r` does not reach.
 */
export function createKeyMarker(databaseFile: string): KeyMarker {
  const file = resolve(databaseFile);
  const directory = dirname(file);
  const places = [
    `${file}.closed`,
    join(dirname(directory), `.${basename(directory)}.${basename(file)}.closed`),
  ];
  const text = `An ADMIN key was made in ${file}. While this file is here, the gateway lets nobody in without a key, even if
that database is lost. To start over without keys, delete these two files:
${places.join('\n')}
`;
  return {
    isSet: () => places.some((place) => existsSync(place)),
    set() {
      for (const place of places) {
        try {
          writeFileSync(place, text, { flag: 'wx', mode: 0o600 });
        } catch {
          // It is there already, or the directory may not be written, as that of systemd's StateDirectory.
        }
      }
    },
  };
}
