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
 * neither is not a browser, and still needs the form's token.
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
