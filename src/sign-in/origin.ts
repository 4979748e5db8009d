/** The origin of the gateway, as the browser sees it. */
export interface Site {
  /** E.g. `https://gateway.example`. */
  readonly origin: string;
  readonly secure: boolean;
}

/**
 * Determines the origin from PUBLIC_URL if it is set, else from the Host header. X-Forwarded-Proto is trusted: a client
 * that forges it only makes its own cookies stricter.
 */
export function siteOf(headers: Headers, url: URL, publicUrl: URL | undefined): Site {
  if (publicUrl) return { origin: publicUrl.origin, secure: publicUrl.protocol === 'https:' };
  const forwarded = headers.get('x-forwarded-proto')?.split(',')[0]?.trim();
  const secure = url.protocol === 'https:' || forwarded === 'https';
  return { origin: `${secure ? 'https' : 'http'}://${headers.get('host') ?? url.host}`, secure };
}

/**
 * Whether a request comes from a page of this gateway. Browsers set at least one of the two headers for every POST, and scripts
 * can set neither. Hono's csrf middleware accepts a request if one of the two is right, though the other is wrong.
 */
export function isSameOrigin(headers: Headers, { origin, secure }: Site): boolean {
  const fetchSite = headers.get('sec-fetch-site');
  // "none" means an action of the user, such as reopening a closed tab.
  if (fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  const from = headers.get('origin');
  if (from === null) return fetchSite !== null;
  // A proxy may use https towards the browser without X-Forwarded-Proto, so https is accepted as well.
  return from === origin || (!secure && from === origin.replace(/^http:/, 'https:'));
}

/** Stands for the gateway's own origin; a URL of any other host has another. */
const HERE = 'http://here.invalid';
const MAX_PATH = 2_000;

/**
 * Returns a path of this gateway to go to after the login, from a parameter that anyone may have written. Everything a
 * browser may take for another site becomes `/`: `//evil.example`, `/\\evil.example`, `/.//evil.example`, `javascript:…`,
 * and control characters, which browsers drop.
 */
export function localPath(text: string | null | undefined): string {
  if (!text || text.length > MAX_PATH || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/';
  const url = URL.parse(text, HERE);
  // Resolved first: `/x/..//evil.example` becomes the host evil.example only then.
  const path = url && url.origin === HERE ? url.pathname + url.search : '/';
  return path.startsWith('//') || /^\/log(?:in|out)\b/.test(path) ? '/' : path;
}
