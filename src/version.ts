import { existsSync, readFileSync } from 'node:fs';

/** Of the sources and of the compiled package; of the bundle that `npm start` makes. */
const PLACES = ['../package.json', '../../package.json'];

/** The version of this program. */
export function readVersion(): string {
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  const { version } = place ? (JSON.parse(readFileSync(place, 'utf8')) as { version?: string }) : {};
  return version ?? 'unknown';
}
