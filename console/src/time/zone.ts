import { firstOf } from '../url/fragment.ts';
import { useFragmentState } from '../url/use-url.ts';

/** The zone of the browser. */
export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** All zones the browser knows, with UTC and its own first. */
export function allZones(): readonly string[] {
  return [...new Set([LOCAL_ZONE, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/** The zone that times are shown in: `zone` of the URL, else the browser's own. */
export function useZone(): string {
  const [fragment] = useFragmentState();
  const zone = firstOf(fragment, 'zone');
  return zone !== null && isZone(zone) ? zone : LOCAL_ZONE;
}
