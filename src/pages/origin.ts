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
 * Whether a form may come from a page of this gateway. Browsers set both headers, and scripts cannot; a client that sends
 * neither is not a browser, and still needs the form's token. Hono's csrf middleware requires only one of the two.
 */
export function isSameOrigin(headers: Headers, { origin, secure }: Site): boolean {
  const fetchSite = headers.get('sec-fetch-site');
  // "none" means an action of the user, such as reopening a closed tab.
  if (fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  const from = headers.get('origin');
  if (from === null || from === origin) return true;
  // A proxy may use https towards the browser without X-Forwarded-Proto, so https is accepted as well.
  return !secure && from === origin.replace(/^http:/, 'https:');
}

const RELOADED = 'again';

/**
 * Returns the path that a browser must load again, as a same-site navigation, after it followed a link or redirect of
 * another site.
 *
 * The session's cookie is SameSite=Strict, so the browser does not send it when it follows a link of another site, or
 * Twilio's redirect after consent. A second cookie with SameSite=Lax would be sent, but a redirect after that still
 * counts as cross-site and would end at the login. A page that refreshes itself starts a new, same-site navigation with
 * all cookies.
 *
 * @returns null if the request is same-origin or not caused by a page
 */
export function reloadPath({ method, headers }: Request, url: URL): string | null {
  if (method !== 'GET') return null;
  const from = headers.get('sec-fetch-site');
  if (from === 'same-origin' || from === 'none') return null;
  const next = new URL(url);
  if (from === null) {
    // Not every client sends Sec-Fetch-Site. Without it, only the redirect from Twilio is known to be cross-site.
    if (url.pathname !== '/oauth/callback' || url.searchParams.has(RELOADED)) return null;
    next.searchParams.set(RELOADED, '1');
  }
  return next.pathname + next.search;
}

/** Removes what {@link reloadPath} added. */
export function withoutReload(url: URL): URL {
  const clean = new URL(url);
  clean.searchParams.delete(RELOADED);
  return clean;
}
