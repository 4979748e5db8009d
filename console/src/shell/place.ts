/**
 * Where this tab is, while someone signs in on other pages: an identity provider's among them, which would lose the fragment. The
 * fragment may hold a phone number, so it is in no URL that a server sees; it stays in this tab, as in its history, until it is back.
 */
const KEY = 'console-place';
/** As long as a sign-in may take. */
const MAX_AGE_MS = 10 * 60_000;

interface Place {
  readonly path: string;
  readonly fragment: string;
  readonly at: number;
}

/** Called when this tab leaves to sign in. */
export function keepPlace(): void {
  const place: Place = { path: location.pathname, fragment: location.hash, at: Date.now() };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Storage is switched off: the screen opens without its filters.
  }
}

/** Called before the first screen: returns this tab to its place, once. */
export function returnToPlace(): void {
  const place = takePlace();
  if (!place || place.path !== location.pathname || location.hash !== '') return;
  if (Date.now() - place.at < MAX_AGE_MS) history.replaceState(null, '', place.path + place.fragment);
}

/** Forgets the place, so that it is gone whatever happens next. */
export function takePlace(): Place | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return text === null ? null : (JSON.parse(text) as Place);
  } catch {
    return null;
  }
}
