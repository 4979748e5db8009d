import type { Env } from './setting.ts';
import { SETTINGS } from './settings.ts';

const NAMES = SETTINGS.map(({ name }) => name);

/** Prefixes that only this program's settings have. `TWILIO_` and `OTEL_` belong to other programs too. */
const OWN_PREFIX = /^(?:CIRCUIT|GATEWAY|OIDC|OVERLOAD|SANDBOX|STALE)_/;

/** Read by the command `export` and by the examples. */
export const CLIENT_VARIABLES: readonly string[] = ['GATEWAY_KEY', 'GATEWAY_URL'];

/** Kubernetes sets these for every service, whatever its name: `GATEWAY_SERVICE_HOST`, `SANDBOX_PORT_80_TCP`. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_|$)|$)/;

/**
 * Finds unknown variables that look like a misspelled setting: within two edits of a setting (`MAX_DEPHT`), or
 * with a prefix that only settings have.
 *
 * @returns a sentence for each, with the nearest setting and without the value
 */
export function findMisspelled(env: Env): string[] {
  return Object.keys(env).flatMap((name) => {
    if (!/^[A-Z_]{6,40}$/i.test(name) || NAMES.includes(name)) return [];
    if (CLIENT_VARIABLES.includes(name) || OF_KUBERNETES.test(name)) return [];
    const nearest = nearestOf(name, OWN_PREFIX.test(name) ? name.length : editsIn(name));
    return nearest ? [`${name} is not a setting and has no effect. Did you mean ${nearest}?`] : [];
  });
}

/** Short names are too similar to those of other programs: `HOME` is two edits from `HOST`. */
const editsIn = (name: string) => (name.length < 9 ? 1 : 2);

/** Returns the setting with the fewest edits, at most `maxEdits`. */
function nearestOf(name: string, maxEdits: number): string | undefined {
  let nearest: string | undefined;
  let limit = maxEdits;
  for (const setting of NAMES) {
    // Typing errors are rarely in the first letter, and start-up must not wait for thousands of comparisons.
    if (setting[0] !== name[0] || Math.abs(setting.length - name.length) > limit) continue;
    const edits = editDistance(name, setting, limit);
    if (edits <= limit) [nearest, limit] = [setting, edits - 1];
  }
  return nearest;
}

/** Returns the Levenshtein distance, or a number above `limit` as soon as it is known to exceed it. */
function editDistance(one: string, other: string, limit: number): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const substituted = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[other.length] ?? 0;
}
