/** The state of a screen, as it is in the URL's fragment: `#status=failed&status=undelivered&range=7d`. */
export type Fragment = Readonly<Record<string, readonly string[]>>;

/** Changes of a fragment: null or an empty list removes a key. */
export type FragmentChange = Readonly<Record<string, string | readonly string[] | null>>;

/** A fragment may be written by hand, or made to slow the page down. */
const MAX_LENGTH = 8_192;
const MAX_VALUES = 200;

/** Reads a fragment. Never throws: what cannot be read is left out. */
export function parseFragment(hash: string): Fragment {
  const fragment: Record<string, string[]> = Object.create(null);
  const text = hash.replace(/^#/, '').slice(0, MAX_LENGTH);
  for (const pair of text.split('&').slice(0, MAX_VALUES)) {
    const end = pair.indexOf('=');
    if (end < 1) continue;
    const key = decode(pair.slice(0, end));
    const value = decode(pair.slice(end + 1));
    if (key === null || value === null || value === '') continue;
    fragment[key] ??= [];
    fragment[key].push(value);
  }
  return fragment;
}

/** Writes a fragment, without `#`; empty for an empty one. */
export function printFragment(fragment: Fragment): string {
  return Object.entries(fragment)
    .flatMap(([key, values]) => values.map((value) => `${encode(key)}=${encode(value)}`))
    .join('&');
}

export function changeFragment(fragment: Fragment, change: FragmentChange): Fragment {
  const changed: Record<string, readonly string[]> = { ...fragment };
  for (const [key, value] of Object.entries(change)) {
    const values = typeof value === 'string' ? [value] : (value ?? []);
    if (values.length === 0) delete changed[key];
    else changed[key] = values;
  }
  return changed;
}

/** The first value of a key. */
export function firstOf(fragment: Fragment, key: string): string | null {
  return fragment[key]?.[0] ?? null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Like encodeURIComponent, but leaves what a person should be able to read. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2B|2C|2F|3A|40)/g, decodeURIComponent);
}
